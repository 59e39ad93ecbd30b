namespace FdExporter.Linux.Procfs;

/// <summary>
/// One line of <c>/proc/PID/net/netlink</c> or <c>packet</c>; only the inode, the last column, is read. Source:
/// proc_pid_net(5).
/// </summary>
internal static class SocketInode
{
    // sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
    // 000000004ef0a1bd 4   0          00000000 0        0        0     2        0        1588
    internal static bool TryParse(ReadOnlySpan<byte> line, out ulong inode)
    {
        inode = 0;
        line = line.TrimEnd((byte)' ');
        int blank = line.LastIndexOf((byte)' ');
        return blank > 0 && ByteReader.TryParseUInt64(line[(blank + 1)..], out inode);
    }
}
