using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FdExporter.Linux.Native;
using FdExporter.Linux.Sockets;

namespace FdExporter.Linux.SockDiag;

/// <summary>The requests and replies of inet_diag. Source: sock_diag(7), include/uapi/linux/inet_diag.h.</summary>
internal static class InetDiag
{
    internal const ushort SockDiagByFamily = 20;
    internal const int RequestLength = 56;

    /// <summary>The request type from before sock_diag: only its dump ignores the family and lists IPv4 and IPv6 together.</summary>
    internal const ushort TcpDiagGetSock = 18;
    internal const int OldRequestLength = 60;

    /// <summary>struct inet_diag_msg without its attributes.</summary>
    internal const int MessageLength = 72;

    /// <summary>One bit for each of the eleven states; the kernel adds handshakes in progress to SYN_RECV itself.</summary>
    internal const uint AllStates = 0xffe;

    /// <summary>Requests struct tcp_info with each socket; in ext, attribute N is bit N - 1.</summary>
    internal const byte ExtInfo = 1 << (AttributeInfo - 1);

    /// <summary>Requests the socket's memory with it, which includes the number of drops.</summary>
    internal const byte ExtMemory = 1 << (AttributeMemory - 1);

    /// <summary>Every state but LISTEN.</summary>
    internal const uint ConnectionStates = AllStates & ~(1u << (int)KernelTcpState.Listen);

    /// <summary>A request for MPTCP: its number does not fit into the protocol field, so an attribute carries it.</summary>
    internal const int MptcpRequestLength = RequestLength + 8;

    private const byte IPPROTO_TCP = 6;
    private const byte IPPROTO_RESERVED = 254;
    private const int IPPROTO_MPTCP = 262;
    private const ushort RequestProtocol = 3;
    private const ushort AttributeInfo = 2;
    private const ushort AttributeMemory = 7;

    /// <summary>SK_MEMINFO_DROPS: the last of nine numbers of 32 bits.</summary>
    private const int DropsOffset = 8 * sizeof(uint);

    /// <summary>INET_DIAG_NOCOOKIE, twice.</summary>
    private const ulong AnyCookie = ulong.MaxValue;

    // Fields of struct tcp_info, which grows at its end: the offsets never change.
    private const int LastDataSentOffset = 44;
    private const int LastDataReceivedOffset = 52;
    private const int LastAckReceivedOffset = 56;
    private const int BytesAckedOffset = 120;
    private const int NotSentOffset = 144;
    private const int BytesSentOffset = 200;
    private const int BytesRetransmittedOffset = 208;

    /// <summary>struct inet_diag_req_v2: family, protocol, ext, pad, states, and a socket id left 0 for "any".</summary>
    internal static void WriteRequest(Span<byte> request, byte family, uint states, byte ext = 0)
    {
        request = request[..RequestLength];
        request.Clear();
        request[0] = family;
        request[1] = IPPROTO_TCP;
        request[2] = ext;
        MemoryMarshal.Write(request[4..], states);
    }

    /// <summary>For one socket by its two ends, any cookie.</summary>
    internal static void WriteRequest(Span<byte> request, SocketEndpoint local, SocketEndpoint remote)
        => WriteRequest(request, new TcpSocketId(local, remote, Interface: 0, AnyCookie));

    /// <summary>For one socket. IPv4 connections are found by family IPv4, also those of dual-stack sockets.</summary>
    internal static void WriteRequest(Span<byte> request, in TcpSocketId id, byte ext = 0)
    {
        bool isIPv4 = id.Local.IsIPv4 && id.Remote.IsIPv4;
        WriteRequest(request, (byte)(isIPv4 ? Libc.AF_INET : Libc.AF_INET6), AllStates, ext);
        WriteEndpoint(id.Local, request[8..10], request[12..28], isIPv4);
        WriteEndpoint(id.Remote, request[10..12], request[28..44], isIPv4);
        MemoryMarshal.Write(request[44..], id.Interface);
        MemoryMarshal.Write(request[48..], (uint)id.Cookie);
        MemoryMarshal.Write(request[52..], (uint)(id.Cookie >> 32));
    }

    /// <summary>Same for MPTCP (Linux 5.9): protocol 254 stands for the attribute INET_DIAG_REQ_PROTOCOL after the request.</summary>
    internal static void WriteMptcpRequest(Span<byte> request, byte family, uint states)
    {
        request = request[..MptcpRequestLength];
        WriteRequest(request, family, states);
        request[1] = IPPROTO_RESERVED;
        Span<byte> attribute = request[RequestLength..];
        MemoryMarshal.Write(attribute, (ushort)8);
        MemoryMarshal.Write(attribute[2..], RequestProtocol);
        MemoryMarshal.Write(attribute[4..], IPPROTO_MPTCP);
    }

    /// <summary>struct inet_diag_req: family, two address lengths, ext, a socket id left 0 for "any", states, dbs.</summary>
    internal static void WriteOldRequest(Span<byte> request, uint states, byte ext = 0)
    {
        request = request[..OldRequestLength];
        request.Clear();
        request[3] = ext;
        MemoryMarshal.Write(request[52..], states);
    }

    // family state timer retrans | sport dport src[16] dst[16] if cookie[2] | expires rqueue wqueue uid inode
    //      0     1     2       3 |     4     6      8      24  40        44 |      52     56     60  64    68
    /// <param name="isMptcp">Whether the reply is to a request for MPTCP, which has another info struct.</param>
    /// <param name="mayHaveMore">Whether attributes were requested; the kernel also adds some that were not.</param>
    internal static bool TryParse(ReadOnlySpan<byte> message, out TcpSocket socket, bool isMptcp = false, bool mayHaveMore = true)
    {
        if (message.Length < MessageLength || message[1] is 0 or > (byte)KernelTcpState.NewSynRecv
            || message[0] is not (Libc.AF_INET or Libc.AF_INET6))
        {
            socket = default;
            return false;
        }

        bool ipv4 = message[0] == Libc.AF_INET;
        socket = new TcpSocket
        {
            State = (KernelTcpState)message[1],
            Timer = TcpTimers.Of(message[2]),
            Retransmissions = message[3],
            TimerMs = MemoryMarshal.Read<uint>(message[52..]),
            Local = ReadEndpoint(message[8..24], message[4..6], ipv4),
            Remote = ReadEndpoint(message[24..40], message[6..8], ipv4),
            Interface = MemoryMarshal.Read<uint>(message[40..]),
            Cookie = MemoryMarshal.Read<uint>(message[44..]) | ((ulong)MemoryMarshal.Read<uint>(message[48..]) << 32),
            ReceiveQueue = MemoryMarshal.Read<uint>(message[56..]),
            SendQueue = MemoryMarshal.Read<uint>(message[60..]),
            Uid = MemoryMarshal.Read<uint>(message[64..]),
            Inode = MemoryMarshal.Read<uint>(message[68..]),
            IsMptcp = isMptcp,
        };
        if (mayHaveMore && !isMptcp && message.Length > MessageLength)
        {
            socket = WithAttributes(in socket, message[MessageLength..]);
        }

        return true;
    }

    private static TcpSocket WithAttributes(in TcpSocket socket, ReadOnlySpan<byte> attributes)
    {
        TcpInfo? info = null;
        uint? drops = null;
        while (NetlinkMessages.TryTakeAttribute(ref attributes, out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == AttributeInfo && value.Length >= LastAckReceivedOffset + sizeof(uint))
            {
                info = ReadInfo(value);
            }
            else if (type == AttributeMemory && value.Length >= DropsOffset + sizeof(uint))
            {
                drops = MemoryMarshal.Read<uint>(value[DropsOffset..]);
            }
        }

        return socket with { Info = info, Drops = drops };
    }

    private static TcpInfo ReadInfo(ReadOnlySpan<byte> value) => new(
        MemoryMarshal.Read<uint>(value[LastDataSentOffset..]),
        MemoryMarshal.Read<uint>(value[LastDataReceivedOffset..]),
        MemoryMarshal.Read<uint>(value[LastAckReceivedOffset..]))
    {
        Bytes = value.Length < BytesRetransmittedOffset + sizeof(ulong) ? null : new TcpByteCounts(
            MemoryMarshal.Read<ulong>(value[BytesAckedOffset..]),
            MemoryMarshal.Read<ulong>(value[BytesSentOffset..]),
            MemoryMarshal.Read<ulong>(value[BytesRetransmittedOffset..]),
            MemoryMarshal.Read<uint>(value[NotSentOffset..])),
    };

    private static void WriteEndpoint(SocketEndpoint end, Span<byte> port, Span<byte> address, bool isIPv4)
    {
        BinaryPrimitives.WriteUInt16BigEndian(port, end.Port);
        if (isIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(address, (uint)end.AddressLow);
            return;
        }

        BinaryPrimitives.WriteUInt64BigEndian(address, end.AddressHigh);
        BinaryPrimitives.WriteUInt64BigEndian(address[8..], end.AddressLow);
    }

    private static SocketEndpoint ReadEndpoint(ReadOnlySpan<byte> address, ReadOnlySpan<byte> port, bool ipv4)
        => SocketEndpoint.FromNetwork(address, ipv4, NetlinkMessages.ReadPort(port));
}
