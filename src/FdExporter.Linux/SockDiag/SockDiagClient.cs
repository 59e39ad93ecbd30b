using System.Runtime.InteropServices;
using FdExporter.Linux.Native;
using FdExporter.Linux.Sockets;

namespace FdExporter.Linux.SockDiag;

/// <summary>
/// Lists the TCP and Unix sockets of the network namespace in which it was opened. Source: sock_diag(7). Needs no privilege.
/// Keeps one netlink socket across dumps, so it needs no new one when handles run out.
/// </summary>
internal sealed partial class SockDiagClient : IDisposable
{
    private const string Target = "NETLINK_SOCK_DIAG";

    // The kernel fills at most 32 KiB per datagram, and less for a smaller buffer.
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly TimeSpan _receiveTimeout;
    private readonly ushort _oldType;
    private readonly ushort _exactType;
    private readonly bool _reopens;
    private NetlinkSocket? _socket;
    private uint _sequence;
    private bool _isMptcp;
    private bool _hasMore;
    private bool _hasNoMptcp;
    private bool _isReplyComplete;
    private bool? _listsBothFamiliesAtOnce;

    /// <param name="oldType">Request type that lists both families; tests pass one that is refused, as a future kernel may do.</param>
    /// <param name="exactType">Request type for single sockets; same purpose.</param>
    /// <param name="reopens">
    /// Whether to replace a socket after a malformed reply. Not for a client opened in another namespace: the new socket
    /// would list the caller's namespace.
    /// </param>
    internal SockDiagClient(TimeSpan receiveTimeout, ushort oldType = InetDiag.TcpDiagGetSock, ushort exactType = InetDiag.SockDiagByFamily, bool reopens = true)
    {
        _receiveTimeout = receiveTimeout;
        _reopens = reopens;
        _oldType = oldType;
        _exactType = exactType;
        _socket = NetlinkSocket.Open(receiveTimeout);
    }

    /// <summary>
    /// Identifies the network namespace that it lists; 0 if the kernel does not report it (before Linux 5.14), or the socket broke.
    /// </summary>
    internal ulong NamespaceCookie => _socket?.NamespaceCookie ?? 0;

    /// <summary>
    /// Whether one dump lists IPv4 and IPv6 together. The kernel's table holds both, so two dumps walk it twice and skip
    /// half: one costs 0.75 of two with many sockets and half with few. Tested once, with a dump of no state.
    /// </summary>
    internal bool ListsBothFamiliesAtOnce => _listsBothFamiliesAtOnce ??= SupportsOldRequest();

    /// <summary>
    /// Visits every IPv4 and IPv6 socket in one of <paramref name="states"/> (one bit per state). False if the kernel reports
    /// that the table changed during the dump: the result is inconsistent, and the caller has to retry.
    /// </summary>
    /// <param name="ext">Attributes to request, such as <see cref="InetDiag.ExtInfo"/>; they cost half as much again.</param>
    /// <exception cref="KernelException">The kernel refused, or its reply is malformed.</exception>
    internal bool TryDump(uint states, TcpSocketVisitor visit, byte ext = 0)
    {
        bool both = ListsBothFamiliesAtOnce;
        _hasMore = ext != 0;
        return both
            ? TryDumpBoth(states, ext, visit)
            : TryDump(Libc.AF_INET, states, ext, visit) & TryDump(Libc.AF_INET6, states, ext, visit);
    }

    /// <summary>
    /// Visits every MPTCP connection in one of <paramref name="states"/>; none on a kernel that does not list them (before
    /// Linux 5.9, or built without). False if the table changed during the dump, as above.
    /// </summary>
    /// <exception cref="KernelException">The reply is malformed or missing.</exception>
    internal bool TryDumpMptcp(uint states, TcpSocketVisitor visit)
    {
        if (_hasNoMptcp)
        {
            return true;
        }

        _isMptcp = true;
        try
        {
            return TryDumpMptcp(Libc.AF_INET, states, visit) & TryDumpMptcp(Libc.AF_INET6, states, visit);
        }
        catch (KernelException refused) when (_isReplyComplete && refused.Errno is Libc.ENOENT or Libc.EINVAL or Libc.EOPNOTSUPP)
        {
            _hasNoMptcp = true;
            return true;
        }
        finally
        {
            _isMptcp = false;
        }
    }

    private bool TryDumpMptcp(byte family, uint states, TcpSocketVisitor visit)
    {
        Span<byte> body = stackalloc byte[InetDiag.MptcpRequestLength];
        InetDiag.WriteMptcpRequest(body, family, states);
        return TryDump(InetDiag.SockDiagByFamily, body, visit);
    }

    private bool SupportsOldRequest()
    {
        try
        {
            return TryDumpBoth(states: 0, ext: 0, static (in TcpSocket _) => { });
        }
        catch (KernelException refused) when (_isReplyComplete && refused.Errno != 0)
        {
            return false;
        }
    }

    private bool TryDumpBoth(uint states, byte ext, TcpSocketVisitor visit)
    {
        Span<byte> body = stackalloc byte[InetDiag.OldRequestLength];
        InetDiag.WriteOldRequest(body, states, ext);
        return TryDump(_oldType, body, visit);
    }

    private bool TryDump(byte family, uint states, byte ext, TcpSocketVisitor visit)
    {
        Span<byte> body = stackalloc byte[InetDiag.RequestLength];
        InetDiag.WriteRequest(body, family, states, ext);
        return TryDump(InetDiag.SockDiagByFamily, body, visit);
    }

    private bool TryDump(ushort type, ReadOnlySpan<byte> body, TcpSocketVisitor visit)
    {
        NetlinkSocket socket = OpenSocket("dump");
        _isReplyComplete = false;
        try
        {
            SendRequest(socket, type, body);
            return ReceiveReplies(socket, visit);
        }
        catch when (!_isReplyComplete)
        {
            CloseAfterFailure();
            throw;
        }
    }

    private NetlinkSocket OpenSocket(string operation)
        => _socket ??= _reopens
            ? NetlinkSocket.Open(_receiveTimeout)
            : throw KernelException.Protocol(operation, Target, "the socket failed earlier");

    /// <summary>The rest of a malformed reply may still arrive: a new socket does not receive it. A refusal is a complete reply.</summary>
    private void CloseAfterFailure()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private void SendRequest(NetlinkSocket socket, ushort type, ReadOnlySpan<byte> body)
    {
        Span<byte> request = stackalloc byte[NetlinkHeader.Length + InetDiag.MptcpRequestLength];
        request = request[..(NetlinkHeader.Length + body.Length)];
        NetlinkHeader header = new()
        {
            MessageLength = (uint)request.Length,
            Type = type,
            Flags = NetlinkHeader.FlagRequest | NetlinkHeader.FlagDump,
            Sequence = ++_sequence,
        };
        MemoryMarshal.Write(request, header);
        body.CopyTo(request[NetlinkHeader.Length..]);
        socket.Send(request);
    }

    private bool ReceiveReplies(NetlinkSocket socket, TcpSocketVisitor visit)
    {
        bool consistent = true;
        while (true)
        {
            ReadOnlySpan<byte> datagram = socket.Receive(_buffer);
            while (NetlinkMessages.TryTake(ref datagram, out NetlinkHeader header, out ReadOnlySpan<byte> payload))
            {
                if (header.Sequence != _sequence || header.PortId != socket.PortId)
                {
                    throw KernelException.Protocol("dump", Target, "reply to another request");
                }

                consistent &= (header.Flags & NetlinkHeader.FlagDumpInterrupted) == 0;
                switch (header.Type)
                {
                    case NetlinkHeader.TypeDone:
                        _isReplyComplete = true;
                        return NetlinkMessages.ReadErrno(payload) is var late and not 0
                            ? throw new KernelException("dump", Target, late)
                            : consistent;
                    case NetlinkHeader.TypeError:
                        _isReplyComplete = true;
                        throw new KernelException("dump", Target, NetlinkMessages.ReadErrno(payload));
                    case NetlinkHeader.TypeNoop:
                        break;
                    case var _ when _visitUnix is not null:
                        VisitUnix(payload);
                        break;
                    default:
                        if (!InetDiag.TryParse(payload, out TcpSocket tcp, _isMptcp, _hasMore))
                        {
                            throw KernelException.Protocol("dump", Target, $"malformed socket message of {payload.Length} bytes");
                        }

                        visit(in tcp);
                        break;
                }
            }

            if (!datagram.IsEmpty)
            {
                throw KernelException.Protocol("dump", Target, "message cut off");
            }
        }
    }

    public void Dispose() => _socket?.Dispose();
}
