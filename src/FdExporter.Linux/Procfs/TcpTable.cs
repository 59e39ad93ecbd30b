using System.Buffers.Binary;
using System.Buffers.Text;
using FdExporter.Linux.Sockets;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/PID/net/tcp</c> and <c>tcp6</c>: the TCP sockets of that process's network namespace; <c>udp</c>, <c>raw</c>,
/// <c>icmp</c> and others have the same columns. Source: proc_pid_net(5). Readable by everybody. Gone if the process exited
/// or the kernel has no such protocol.
/// </summary>
internal sealed class TcpTable
{
    /// <summary>USER_HZ is 100 on every architecture of .NET.</summary>
    private const uint MsPerTick = 10;

    private readonly NetTable _table;
    private readonly ProcLineVisitor _visitLine;
    private TcpSocketVisitor? _visit;

    internal TcpTable(ProcFs procFs)
    {
        _table = new NetTable(procFs);
        _visitLine = VisitLine;
    }

    /// <summary>Visits each socket of one table, such as <c>1/net/tcp6</c>.</summary>
    internal ReadStatus TryRead(in ProcPath path, TcpSocketVisitor visit)
    {
        _visit = visit;
        return _table.TryRead(path, _visitLine);
    }

    private bool VisitLine(ReadOnlySpan<byte> line)
    {
        if (!TryParse(line, out TcpSocket socket))
        {
            return false;
        }

        _visit!(in socket);
        return true;
    }

    //   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
    //    0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 48213 1 0000000000000000 100 0 0 10 0
    internal static bool TryParse(ReadOnlySpan<byte> line, out TcpSocket socket)
    {
        socket = default;
        ByteReader fields = new(line);
        if (!fields.TryTakeField(out ReadOnlySpan<byte> slot) || slot[^1] != (byte)':'
            || !fields.TryTakeField(out ReadOnlySpan<byte> local) || !TryParseEndpoint(local, out SocketEndpoint localEnd)
            || !fields.TryTakeField(out ReadOnlySpan<byte> remote) || !TryParseEndpoint(remote, out SocketEndpoint remoteEnd)
            || !fields.TryTakeField(out ReadOnlySpan<byte> state) || state.Length != 2 || !TryParseHex(state, out uint stateNumber)
            || stateNumber is 0 or > (uint)KernelTcpState.NewSynRecv
            || !fields.TryTakeField(out ReadOnlySpan<byte> queues) || queues.Length != 17 || queues[8] != (byte)':'
            || !TryParseHex(queues[..8], out uint sendQueue) || !TryParseHex(queues[9..], out uint receiveQueue)
            || !fields.TryTakeField(out ReadOnlySpan<byte> timer) || timer.Length < 4 || timer[2] != (byte)':'
            || !TryParseHex(timer[..2], out uint timerNumber) || !TryParseHex(timer[3..], out uint ticks)
            || !fields.TryTakeField(out ReadOnlySpan<byte> retransmissions) || !TryParseHex(retransmissions, out uint retransmissionCount)
            || !fields.TryTakeUInt64(out ulong uid) || uid > uint.MaxValue
            || !fields.TrySkipFields(1)
            || !fields.TryTakeUInt64(out ulong inode)

            // Every kernel has fields after the inode; without them its last digits may be missing.
            || fields.Rest.IsEmpty)
        {
            return false;
        }

        socket = new TcpSocket
        {
            State = (KernelTcpState)stateNumber,
            Timer = TcpTimers.Of(timerNumber),
            TimerMs = Math.Min(ticks, uint.MaxValue / MsPerTick) * MsPerTick,
            Retransmissions = (byte)Math.Min(retransmissionCount, byte.MaxValue),
            Local = localEnd,
            Remote = remoteEnd,
            Inode = inode,
            Uid = (uint)uid,
            ReceiveQueue = receiveQueue,
            SendQueue = sendQueue,
        };
        return true;
    }

    // 0100007F:1F90, or 32 hexadecimal digits and a port: 32-bit words in the machine's byte order.
    private static bool TryParseEndpoint(ReadOnlySpan<byte> field, out SocketEndpoint endpoint)
    {
        endpoint = default;
        int colon = field.IndexOf((byte)':');
        if (colon is not (8 or 32) || field.Length != colon + 5 || !TryParseHex(field[(colon + 1)..], out uint port))
        {
            return false;
        }

        Span<byte> address = stackalloc byte[16];
        for (int word = 0; word < colon / 8; word++)
        {
            if (!TryParseHex(field.Slice(word * 8, 8), out uint value))
            {
                return false;
            }

            BinaryPrimitives.WriteUInt32BigEndian(
                address[(word * 4)..],
                BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
        }

        endpoint = SocketEndpoint.FromNetwork(address, isIPv4: colon == 8, (ushort)port);
        return true;
    }

    private static bool TryParseHex(ReadOnlySpan<byte> digits, out uint value)
        => Utf8Parser.TryParse(digits, out value, out int used, 'X') && used == digits.Length;
}
