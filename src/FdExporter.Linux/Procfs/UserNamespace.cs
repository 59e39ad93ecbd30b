namespace FdExporter.Linux.Procfs;

/// <summary>
/// The link <c>/proc/PID/ns/user</c>: the user namespace. Capabilities held in it are worthless outside. Source:
/// user_namespaces(7).
/// </summary>
internal static class UserNamespace
{
    /// <summary>The machine's own. Source: PROC_USER_INIT_INO in include/linux/proc_ns.h.</summary>
    internal const ulong Initial = 0xEFFFFFFD;

    // user:[4026531837]
    internal static bool TryParse(ReadOnlySpan<byte> target, out ulong inode)
    {
        inode = 0;
        return target.StartsWith("user:["u8) && target[^1] == (byte)']' && target.Length > 7
            && ByteReader.TryParseUInt64(target[6..^1], out inode);
    }

    /// <param name="own">The procfs in which <c>self</c> is this process.</param>
    internal static ReadStatus TryReadOwn(ProcFs own, out ulong inode)
    {
        Span<byte> buffer = stackalloc byte[64];
        inode = 0;
        ReadStatus status = own.TryReadLink(ProcPath.Of("self/ns/user"u8), buffer, out ReadOnlySpan<byte> target);
        return status != ReadStatus.Ok ? status : TryParse(target, out inode) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
