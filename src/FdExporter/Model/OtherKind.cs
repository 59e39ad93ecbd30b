namespace FdExporter.Model;

/// <summary>The kernel's name for a descriptor of type <c>other</c>, without numbers.</summary>
internal static class OtherKind
{
    /// <returns>Null for a descriptor of another type.</returns>
    internal static string? Of(FdType type, string target) => type != FdType.Other ? null : Of(target);

    // anon_inode:[io_uring]   anon_inode:bpf-map   anon_inode:kvm-vcpu:3   net:[4026531833]   pidfd:[7]   /dmabuf:name
    private static string Of(string target)
    {
        if (target.StartsWith("/dmabuf:", StringComparison.Ordinal))
        {
            return "dmabuf";
        }

        const string Anonymous = "anon_inode:";
        if (target.StartsWith(Anonymous, StringComparison.Ordinal))
        {
            string name = target[Anonymous.Length..].Trim('[', ']');
            return name.TrimEnd("0123456789".ToCharArray()) is var rest && rest.EndsWith(':') ? rest[..^1] : name;
        }

        return target.IndexOf(":[", StringComparison.Ordinal) is > 0 and var colon && target[0] != '/'
            ? target[..colon] is var kind && IsNamespace(kind) ? $"{kind} namespace" : kind
            : "other";
    }

    private static bool IsNamespace(string kind)
        => kind is "cgroup" or "ipc" or "mnt" or "net" or "pid" or "time" or "user" or "uts";
}
