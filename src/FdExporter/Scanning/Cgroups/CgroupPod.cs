using System.Buffers;

namespace FdExporter.Scanning.Cgroups;

/// <summary>Recognises the folder of a pod of Kubernetes or podman in a cgroup path.</summary>
internal static class CgroupPod
{
    private const int UidLength = 36;
    private const int HashLength = 32;
    private static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789abcdef"u8);

    /// <param name="pod">
    /// Kubernetes: the uid as written, which with the systemd driver has underscores for dashes; for a static pod on older
    /// kubelets a hash of 32 digits. Podman: the id of 64 digits.
    /// </param>
    // kubepods-burstable-podc8bad552_5c99_4d4f_b71c_c426c0cde014.slice, with a kubelet slice above: kubelet-kubepods-...
    // podc8bad552-5c99-4d4f-b71c-c426c0cde014
    // machine-libpod_pod_a0d591...03d.slice
    internal static bool TryParse(ReadOnlySpan<byte> name, ReadOnlySpan<byte> above, out ReadOnlySpan<byte> pod)
    {
        pod = name;
        if (CgroupContainer.IsId(name))
        {
            return CgroupContainer.LastOf(above).SequenceEqual("libpod_parent"u8);
        }

        // ":cri-containerd:" and the container may follow ".slice".
        int slice = name.IndexOf(".slice"u8);
        ReadOnlySpan<byte> stem = slice < 0 ? name : name[..slice];
        ReadOnlySpan<byte> podman = "libpod_pod_"u8;
        if (stem.IndexOf(podman) is >= 0 and int at)
        {
            pod = stem[(at + podman.Length)..];
            return CgroupContainer.IsId(pod);
        }

        ReadOnlySpan<byte> kubernetes = slice < 0 ? "pod"u8 : "-pod"u8;
        int start = slice < 0 ? (stem.StartsWith(kubernetes) ? 0 : -1) : stem.LastIndexOf(kubernetes);
        if (start < 0 || (slice >= 0 && stem[..start].IndexOf("kubepods"u8) < 0))
        {
            return false;
        }

        pod = stem[(start + kubernetes.Length)..];
        return IsUid(pod);
    }

    private static bool IsUid(ReadOnlySpan<byte> text)
    {
        if (text.Length == HashLength)
        {
            return !text.ContainsAnyExcept(Hex);
        }

        if (text.Length != UidLength)
        {
            return false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            if (i is 8 or 13 or 18 or 23 ? text[i] is not ((byte)'-' or (byte)'_') : !Hex.Contains(text[i]))
            {
                return false;
            }
        }

        return true;
    }
}
