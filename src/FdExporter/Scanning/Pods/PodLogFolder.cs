namespace FdExporter.Scanning.Pods;

/// <summary>
/// The name of a folder in <c>/var/log/pods</c>, which the kubelet makes for each pod before its containers. Source: kubelet,
/// BuildPodLogsDirectory.
/// </summary>
internal static class PodLogFolder
{
    private const int UidLength = 36;

    /// <summary>For a static pod: the hash of its manifest.</summary>
    private const int HashLength = 32;

    // shop_payment-7d9f5c6b8-x2x7k_c8bad552-5c99-4d4f-b71c-c426c0cde014
    // Kubernetes allows no underscore in the names.
    internal static bool TryParse(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> ns, out ReadOnlySpan<byte> pod, out ReadOnlySpan<byte> uid)
    {
        pod = uid = default;
        int first = name.IndexOf((byte)'_');
        int last = name.LastIndexOf((byte)'_');
        ns = first < 0 ? default : name[..first];
        if (ns.IsEmpty || last <= first + 1)
        {
            return false;
        }

        pod = name[(first + 1)..last];
        uid = name[(last + 1)..];
        return !pod.Contains((byte)'_') && uid.Length is UidLength or HashLength;
    }

    /// <summary>Whether the pod is one of Kubernetes, seen by the whole machine: not podman's, nor one below another container.</summary>
    internal static bool IsUid(string pod) => pod.Length is UidLength or HashLength && !pod.Contains('/', StringComparison.Ordinal);
}
