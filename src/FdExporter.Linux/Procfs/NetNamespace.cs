namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/PID/ns/net</c>: the inode that identifies a network namespace. Source: namespaces(7). Gone if the process
/// exited; Denied without ptrace access.
/// </summary>
internal static class NetNamespace
{
    // net:[4026531833]
    internal static bool TryParse(ReadOnlySpan<byte> target, out ulong inode)
    {
        inode = 0;
        return target.StartsWith("net:["u8) && target[^1] == (byte)']' && target.Length > 6
            && ByteReader.TryParseUInt64(target[5..^1], out inode);
    }

    internal static ReadStatus TryRead(ProcFs procFs, int pid, out ulong inode) => TryRead(procFs, ProcPath.Of(pid, "ns/net"u8), out inode);

    internal static ReadStatus TryReadOwn(ProcFs procFs, out ulong inode) => TryRead(procFs, ProcPath.Of("self/ns/net"u8), out inode);

    private static ReadStatus TryRead(ProcFs procFs, in ProcPath path, out ulong inode)
    {
        Span<byte> buffer = stackalloc byte[64];
        inode = 0;
        ReadStatus status = procFs.TryReadLink(path, buffer, out ReadOnlySpan<byte> target);
        return status != ReadStatus.Ok ? status : TryParse(target, out inode) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
