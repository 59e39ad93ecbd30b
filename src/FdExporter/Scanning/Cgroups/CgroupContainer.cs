using System.Buffers;

namespace FdExporter.Scanning.Cgroups;

/// <summary>
/// Recognises the folder of a cgroup path that a container runtime made for a container. The runtime's monitor (conmon,
/// lxc.monitor) has its own folder and counts for its container.
/// </summary>
internal static class CgroupContainer
{
    private const int IdLength = 64;
    private static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789abcdef"u8);

    /// <param name="name">One folder name.</param>
    /// <param name="above">The path before it, with the final slash.</param>
    /// <param name="container">The id of 64 digits; for LXC, which has no ids, the name.</param>
    internal static bool TryParse(ReadOnlySpan<byte> name, ReadOnlySpan<byte> above, out ReadOnlySpan<byte> container)
    {
        ReadOnlySpan<byte> parent = LastOf(above);
        container = name;
        if (IsId(name))
        {
            return HoldsIds(parent) || above.StartsWith("/ecs/"u8) || CgroupPod.TryParse(parent, default, out _);
        }

        container = WithoutRuntime(name.EndsWith(".scope"u8) ? name[..^".scope"u8.Length] : name);
        if (IsId(container))
        {
            return true;
        }

        return TryParseLxc(name, parent, out container);
    }

    /// <summary>Whether this is an id in the form of docker, containerd, CRI-O and podman.</summary>
    internal static bool IsId(ReadOnlySpan<byte> text) => text.Length == IdLength && !text.ContainsAnyExcept(Hex);

    internal static ReadOnlySpan<byte> LastOf(ReadOnlySpan<byte> above)
    {
        // One slash only: skipping a run of them at each of them would take quadratic time.
        ReadOnlySpan<byte> folder = above.EndsWith("/"u8) ? above[..^1] : above;
        return folder[(folder.LastIndexOf((byte)'/') + 1)..];
    }

    /// <summary>A folder of a runtime at the root: everything below it belongs to the runtime, down to the container.</summary>
    internal static bool IsHome(ReadOnlySpan<byte> folder)
        => HoldsIds(folder)
            || folder.SequenceEqual("ecs"u8)
            || folder.SequenceEqual("kubelet"u8)
            || folder.SequenceEqual("kubepods"u8)
            || folder.SequenceEqual("libpod_parent"u8)
            || IsOfLxc(folder);

    /// <summary>Folders in which a bare id is a container: docker's with the cgroupfs driver, and containerd's namespaces.</summary>
    private static bool HoldsIds(ReadOnlySpan<byte> folder)
        => folder.SequenceEqual("docker"u8)
            || folder.SequenceEqual("default"u8)
            || folder.SequenceEqual("k8s.io"u8)
            || folder.SequenceEqual("moby"u8)
            || folder.SequenceEqual("actions_job"u8);

    private static bool IsOfLxc(ReadOnlySpan<byte> folder)
        => folder.SequenceEqual("lxc"u8) || folder.SequenceEqual("lxc.payload"u8) || folder.SequenceEqual("lxc.monitor"u8);

    // docker-9ec39b...f3d, crio-conmon-c50666...21d, libpod-payload-c3b3cc...be0
    // kubepods-besteffort-pod2105e389_7471_476e_a50f_6074cef29bbd.slice:cri-containerd:d3d8cc...03e, which is the form
    // "slice:prefix:name" taken for a folder name when runtime and kubelet disagree about the cgroup driver.
    private static ReadOnlySpan<byte> WithoutRuntime(ReadOnlySpan<byte> name)
    {
        if (name.Length <= IdLength)
        {
            return default;
        }

        ReadOnlySpan<byte> prefix = name[..^(IdLength + 1)];
        byte separator = name[prefix.Length];
        if (separator == ':')
        {
            prefix = prefix[(prefix.LastIndexOf((byte)':') + 1)..];
        }
        else if (separator != '-')
        {
            return default;
        }

        bool known = prefix.SequenceEqual("docker"u8)
            || prefix.SequenceEqual("cri-containerd"u8)
            || prefix.SequenceEqual("nerdctl"u8)
            || prefix.SequenceEqual("crio"u8)
            || prefix.SequenceEqual("crio-conmon"u8)
            || prefix.SequenceEqual("libpod"u8)
            || prefix.SequenceEqual("libpod-conmon"u8)
            || prefix.SequenceEqual("libpod-payload"u8);
        return known ? name[^IdLength..] : default;
    }

    // /lxc/NAME, since LXC 3.1 /lxc.payload/NAME, since LXC 4 /lxc.payload.NAME
    private static bool TryParseLxc(ReadOnlySpan<byte> name, ReadOnlySpan<byte> parent, out ReadOnlySpan<byte> container)
    {
        container = name;
        if (IsOfLxc(parent))
        {
            return !name.IsEmpty;
        }

        ReadOnlySpan<byte> payload = "lxc.payload."u8;
        ReadOnlySpan<byte> monitor = "lxc.monitor."u8;
        int prefix = name.StartsWith(payload) ? payload.Length : name.StartsWith(monitor) ? monitor.Length : name.Length;
        container = name[prefix..];
        return !container.IsEmpty;
    }
}
