namespace FdExporter.Scanning.Cgroups;

/// <summary>
/// The upper part of a control group's path, which only the system's manager can create: systemd from slices down to a unit,
/// a container runtime from its own folder down to a container. Below that is the delegated part, where others can create any
/// name. Source: cgroups(7), systemd.slice(5), the naming of each container runtime.
/// </summary>
/// <remarks>Of a path with an unknown form, only the known part counts.</remarks>
internal readonly ref struct SystemCgroup
{
    /// <summary>Empty if there is none; the same holds for the other three.</summary>
    internal ReadOnlySpan<byte> Unit { get; private init; }

    internal ReadOnlySpan<byte> Container { get; private init; }

    internal ReadOnlySpan<byte> Pod { get; private init; }

    /// <summary>The slice of a user, which contains all of the user's processes.</summary>
    internal ReadOnlySpan<byte> UserSlice { get; private init; }

    /// <summary>User slice, pod, unit or container: the process can neither leave it nor create another; empty if unknown.</summary>
    internal ReadOnlySpan<byte> Tenant => !UserSlice.IsEmpty ? UserSlice : !Pod.IsEmpty ? Pod : !Unit.IsEmpty ? Unit : Container;

    /// <summary>Start of the delegated part; the length of the path if there is none.</summary>
    internal int End { get; private init; }

    internal static SystemCgroup Parse(ReadOnlySpan<byte> path)
    {
        SystemCgroup known = new() { End = path.Length };
        ReadOnlySpan<byte> slice = default;
        bool isBelowRoot = false;
        bool isHidden = false;
        bool isOfRuntime = false;
        foreach (Range range in path.Split((byte)'/'))
        {
            ReadOnlySpan<byte> name = path[range];
            if (name.IsEmpty)
            {
                continue;
            }

            // Seen from another cgroup namespace: everything above belongs to the system.
            if (!isBelowRoot && name.SequenceEqual(".."u8))
            {
                isHidden = true;
                continue;
            }

            ReadOnlySpan<byte> above = path[..range.Start];
            bool isPod = CgroupPod.TryParse(name, above, out ReadOnlySpan<byte> pod);
            if (CgroupContainer.TryParse(name, above, out ReadOnlySpan<byte> container))
            {
                return known with { Container = container, Pod = isPod ? pod : known.Pod, End = range.End.Value };
            }

            if (!known.Unit.IsEmpty)
            {
                // The runtime keeps its containers below itself, and this is none.
                return known with { End = range.Start.Value };
            }

            bool isSlice = name.EndsWith(".slice"u8);
            bool isOfSystemd = !isOfRuntime && (isSlice || SystemdUnit.HoldsProcesses(name));
            if (isOfSystemd && !isSlice)
            {
                known = known with { Unit = name, Container = SystemdUnit.TryParseMachine(name, out ReadOnlySpan<byte> machine) ? machine : default };
                if (!IsRuntime(name))
                {
                    return known with { End = range.End.Value };
                }
            }
            else if (isOfSystemd && (isBelowRoot || !isHidden ? IsIn(slice, name) : true))
            {
                known = slice.SequenceEqual("user.slice"u8) ? known with { UserSlice = name } : known;
                slice = name;
            }
            else if (!isSlice && slice.IsEmpty && (isOfRuntime || isHidden || CgroupContainer.IsHome(name)))
            {
                isOfRuntime = true;
            }
            else
            {
                return known;
            }

            isBelowRoot = true;
            known = isPod ? known with { Pod = pod } : known;
        }

        return known;
    }

    /// <summary>
    /// Whether a slice is where systemd puts it: a-b.slice in a.slice, step by step.
    /// </summary>
    private static bool IsIn(ReadOnlySpan<byte> parent, ReadOnlySpan<byte> slice)
    {
        ReadOnlySpan<byte> name = slice[..^".slice"u8.Length];
        if (!parent.IsEmpty)
        {
            ReadOnlySpan<byte> prefix = parent[..^".slice"u8.Length];
            if (name.Length <= prefix.Length + 1 || !name.StartsWith(prefix) || name[prefix.Length] != '-')
            {
                return false;
            }

            name = name[(prefix.Length + 1)..];
        }

        return !name.IsEmpty && !name.Contains((byte)'-');
    }

    /// <summary>Units with their containers below themselves if runtime and kubelet use different cgroup drivers.</summary>
    private static bool IsRuntime(ReadOnlySpan<byte> unit)
        => unit.SequenceEqual("containerd.service"u8) || unit.SequenceEqual("docker.service"u8) || unit.SequenceEqual("crio.service"u8)
            || unit.SequenceEqual("k3s.service"u8) || unit.SequenceEqual("k3s-agent.service"u8)
            || unit.SequenceEqual("rke2-server.service"u8) || unit.SequenceEqual("rke2-agent.service"u8);
}
