using System.Text;
using FdExporter.Model;

namespace FdExporter.Scanning.Cgroups;

/// <summary>
/// Unit, container and pod of a process, from the path of its control group (v1 or v2). Source: cgroups(7), the naming of
/// systemd and of each container runtime.
/// </summary>
/// <remarks>
/// <para>Unit, container and pod are taken from the part of the path that only the system's manager can create (<see
/// cref="SystemCgroup"/>). Below a unit or container its delegate can create a group named <c>payment.service</c>; such names
/// get the delegate's name as prefix: <c>user@1000.service/payment.service</c>. This distinguishes user services, rootless
/// containers and nested containers from the system's.</para>
/// <para>The innermost one counts, since the program runs there. A unit is a service, scope, socket, mount or swap, but not
/// the scope of a single container, and not the <c>init.scope</c> below another unit, which only holds that unit's service
/// manager. A process in any other group below a unit counts for the unit.</para>
/// <para>An unknown form stays empty: a wrong owner is worse than none. So a folder is not a container merely because it
/// looks like an id.</para>
/// </remarks>
internal static class CgroupPath
{
    private const int ShortIdLength = 12;

    // /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podc8bad552_5c99_4d4f_b71c_c426c0cde014.slice/crio-15b6e0...55a9.scope
    // /user.slice/user-1000.slice/user@1000.service/app.slice/payment.service
    // /../../podc8bad552-5c99-4d4f-b71c-c426c0cde014/15b6e0...55a9 is the path seen from another cgroup namespace.
    internal static CgroupOwner ParseOwner(ReadOnlySpan<byte> path)
    {
        // The kernel marks the path of a removed group that still has a zombie.
        ReadOnlySpan<byte> deleted = " (deleted)"u8;
        if (path.EndsWith(deleted))
        {
            path = path[..^deleted.Length];
        }

        SystemCgroup system = SystemCgroup.Parse(path);
        if (system.Unit.IsEmpty && system.Container.IsEmpty && system.Pod.IsEmpty)
        {
            return CgroupOwner.None;
        }

        CgroupOwner owner = new(SystemdUnit.Display(system.Unit), ShortId(system.Container), PodOf(system.Pod));
        return system.End < path.Length ? WithDelegated(owner, path, system.End) : owner;
    }

    private static CgroupOwner WithDelegated(CgroupOwner owner, ReadOnlySpan<byte> path, int end)
    {
        ReadOnlySpan<byte> unit = default;
        ReadOnlySpan<byte> container = default;
        ReadOnlySpan<byte> pod = default;
        foreach (Range range in path[end..].Split((byte)'/'))
        {
            ReadOnlySpan<byte> name = path[end..][range];
            ReadOnlySpan<byte> above = path[..(end + range.Start.Value)];
            bool isContainer = CgroupContainer.TryParse(name, above, out ReadOnlySpan<byte> inner);
            if (isContainer || SystemdUnit.TryParseMachine(name, out inner))
            {
                container = inner;
            }

            bool isManager = name.SequenceEqual("init.scope"u8) && (owner.Unit.Length > 0 || !unit.IsEmpty);
            if (!isContainer && SystemdUnit.HoldsProcesses(name) && !isManager)
            {
                unit = name;
            }

            if (CgroupPod.TryParse(name, above, out ReadOnlySpan<byte> innerPod))
            {
                pod = innerPod;
            }
        }

        string by = (owner.Unit.Length > 0 ? owner.Unit : owner.Container) + "/";
        return new CgroupOwner(
            unit.IsEmpty ? owner.Unit : by + SystemdUnit.Display(unit),
            container.IsEmpty ? owner.Container : by + ShortId(container),
            pod.IsEmpty ? owner.Pod : by + PodOf(pod));
    }

    private static string PodOf(ReadOnlySpan<byte> pod) => ShortId(pod).Replace('_', '-');

    /// <summary>As in docker ps and podman pod ps. Names and uids have another form and stay whole.</summary>
    private static string ShortId(ReadOnlySpan<byte> id)
        => CgroupContainer.IsId(id) ? Encoding.UTF8.GetString(id[..ShortIdLength]) : SystemdUnit.Unescape(id);
}
