namespace FdExporter.Linux.Procfs;

/// <summary>
/// The network namespace of a process, identified by the inode of <c>/proc/PID/net/tcp</c>. Each namespace has its own inode,
/// readable by everybody. The link <c>/proc/PID/ns/net</c> needs ptrace access and holds the number that lsns(8) shows.
/// Source: namespaces(7), proc_pid_net(5). Gone if the process exited or is a zombie.
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

    /// <summary>The number in the link; Denied without ptrace access.</summary>
    internal static ReadStatus TryReadLink(ProcFs procFs, ProcFolder folder, out ulong number)
    {
        Span<byte> buffer = stackalloc byte[64];
        number = 0;
        ReadStatus status = procFs.TryReadLink(ProcPath.Of(folder, "ns/net"u8), buffer, out ReadOnlySpan<byte> target);
        return status != ReadStatus.Ok ? status : TryParse(target, out number) ? ReadStatus.Ok : ReadStatus.Malformed;
    }

    /// <summary>A number equal for all processes of one namespace, valid for this procfs only.</summary>
    internal static ReadStatus TryRead(ProcFs procFs, ProcFolder folder, out ulong id) => TryRead(procFs, ProcPath.Of(folder, "net/tcp"u8), out id);

    /// <summary>Namespace of the calling thread, which may have entered another one.</summary>
    internal static ReadStatus TryReadOfThread(ProcFs procFs, out ulong id) => TryRead(procFs, ProcPath.Of("thread-self/net/tcp"u8), out id);

    internal static ReadStatus TryReadOwn(ProcFs procFs, out ulong id) => TryRead(procFs, ProcPath.Of("self/net/tcp"u8), out id);

    private static ReadStatus TryRead(ProcFs procFs, in ProcPath path, out ulong id)
    {
        id = 0;

        // Captured files have an inode each.
        return procFs.IsKernel ? procFs.TryStatInode(path, out id) : ReadStatus.Gone;
    }
}
