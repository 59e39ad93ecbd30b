namespace FdExporter.Linux.Procfs;

/// <summary>
/// One line of <c>/proc/PID/net/unix</c>: a Unix domain socket of that process's network namespace. A path may contain a
/// newline, and the text after it may look like another socket's line. Source: proc_pid_net(5), unix(7).
/// </summary>
internal readonly ref struct UnixSocket
{
    internal ulong Inode { get; private init; }

    /// <summary>Whether it listens (__SO_ACCEPTCON).</summary>
    internal bool IsListening { get; private init; }

    /// <summary>Empty if unnamed; an abstract name starts with <c>@</c>. Bytes chosen by the program.</summary>
    internal ReadOnlySpan<byte> Path { get; private init; }

    // Num               RefCount Protocol Flags    Type St Inode Path
    // 000000001c5cc751: 00000002 00000000 00010000 0001 01  1675 /run/dbus/system_bus_socket
    internal static bool TryParse(ReadOnlySpan<byte> line, out UnixSocket socket)
    {
        socket = default;
        ByteReader fields = new(line);
        if (!fields.TryTakeField(out ReadOnlySpan<byte> slot) || slot[^1] != (byte)':'
            || !fields.TryTakeField(out ReadOnlySpan<byte> references) || references.Length != 8
            || !fields.TryTakeField(out ReadOnlySpan<byte> protocol) || protocol.Length != 8
            || !fields.TryTakeField(out ReadOnlySpan<byte> flags) || flags.Length != 8
            || !fields.TryTakeField(out ReadOnlySpan<byte> type) || type.Length != 4
            || !fields.TryTakeField(out ReadOnlySpan<byte> state) || state.Length != 2
            || !fields.TryTakeUInt64(out ulong inode))
        {
            return false;
        }

        ReadOnlySpan<byte> path = fields.Rest;
        socket = new UnixSocket
        {
            Inode = inode,
            IsListening = flags[3] == (byte)'1',
            Path = path.IsEmpty ? path : path[1..],
        };
        return true;
    }
}
