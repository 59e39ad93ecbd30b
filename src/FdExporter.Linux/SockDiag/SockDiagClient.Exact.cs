using System.Runtime.InteropServices;
using FdExporter.Linux.Native;
using FdExporter.Linux.Sockets;

namespace FdExporter.Linux.SockDiag;

/// <summary>Exact requests: many single sockets at once.</summary>
internal sealed partial class SockDiagClient
{
    /// <summary>
    /// Maximum per call. All answers are queued before the first is received. A receive buffer of the usual size holds about
    /// 166, and the kernel drops the rest.
    /// </summary>
    internal const int MostAtOnce = 64;

    private const int ExactLength = NetlinkHeader.Length + InetDiag.RequestLength;

    private byte[]? _requests;

    /// <summary>
    /// Visits each of these TCP sockets with its <see cref="TcpInfo"/>, in its current state. Sockets that are gone are
    /// skipped, and so are new ones with the same ends.
    /// </summary>
    /// <param name="sockets">At most <see cref="MostAtOnce"/>.</param>
    /// <exception cref="KernelException">The kernel refused a request, or a reply is malformed. Other sockets were visited.</exception>
    internal void Ask(ReadOnlySpan<TcpSocketId> sockets, TcpSocketVisitor visit)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sockets.Length, MostAtOnce);
        if (sockets.IsEmpty)
        {
            return;
        }

        NetlinkSocket socket = OpenSocket("query");
        _isReplyComplete = false;
        try
        {
            uint first = _sequence + 1;
            _requests ??= new byte[MostAtOnce * ExactLength];
            for (int i = 0; i < sockets.Length; i++)
            {
                WriteExact(_requests.AsSpan(i * ExactLength, ExactLength), in sockets[i]);
            }

            socket.Send(_requests.AsSpan(0, sockets.Length * ExactLength));
            int refused = ReceiveAnswers(socket, first, sockets.Length, visit);
            _isReplyComplete = true;
            if (refused != 0)
            {
                throw new KernelException("query", Target, refused);
            }
        }
        catch when (!_isReplyComplete)
        {
            CloseAfterFailure();
            throw;
        }
    }

    private void WriteExact(Span<byte> request, in TcpSocketId id)
    {
        NetlinkHeader header = new()
        {
            MessageLength = ExactLength,
            Type = _exactType,
            Flags = NetlinkHeader.FlagRequest,
            Sequence = ++_sequence,
        };
        MemoryMarshal.Write(request, header);
        InetDiag.WriteRequest(request[NetlinkHeader.Length..], in id, InetDiag.ExtInfo);
    }

    /// <returns>The last errno of a refusal other than "gone"; 0 for none.</returns>
    private int ReceiveAnswers(NetlinkSocket socket, uint first, int count, TcpSocketVisitor visit)
    {
        int refused = 0;
        ulong answered = 0;
        for (int missing = count; missing > 0;)
        {
            ReadOnlySpan<byte> datagram = socket.Receive(_buffer);
            while (NetlinkMessages.TryTake(ref datagram, out NetlinkHeader header, out ReadOnlySpan<byte> payload))
            {
                uint index = unchecked(header.Sequence - first);
                if (index >= (uint)count || header.PortId != socket.PortId || (answered & (1ul << (int)index)) != 0)
                {
                    throw KernelException.Protocol("query", Target, "reply to another request");
                }

                answered |= 1ul << (int)index;
                missing--;
                if (header.Type == NetlinkHeader.TypeError)
                {
                    int errno = NetlinkMessages.ReadErrno(payload);
                    refused = errno == Libc.ENOENT ? refused : errno;
                }
                else if (InetDiag.TryParse(payload, out TcpSocket tcp))
                {
                    visit(in tcp);
                }
                else
                {
                    throw KernelException.Protocol("query", Target, $"malformed socket message of {payload.Length} bytes");
                }
            }

            if (!datagram.IsEmpty)
            {
                throw KernelException.Protocol("query", Target, "message cut off");
            }
        }

        return refused;
    }
}
