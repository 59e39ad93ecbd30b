using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FdExporter.Linux.Native;
using FdExporter.Linux.SockDiag;
using FdExporter.Linux.Sockets;

namespace FdExporter.Fuzz.Targets;

/// <summary>Messages received on a netlink socket.</summary>
internal static class SockDiagTargets
{
    private const ushort Attribute = 2;

    private static readonly TcpSocket s_closeWait = new()
    {
        State = KernelTcpState.CloseWait,
        Local = SocketEndpoint.FromIPv4(0x7f000001, 41814),
        Remote = SocketEndpoint.FromIPv4(0xc0a8792c, 443),
        Inode = 363722,
        Uid = 1000,
        ReceiveQueue = 1,
        SendQueue = 2,
        Cookie = 0x0000_0007_0000_1234,
        Interface = 7,
        Info = new TcpInfo(21_730_000, 21_725_000, 21_720_000) { Bytes = new TcpByteCounts(1201, 1300, 100, 0) },
    };

    private static readonly TcpSocket s_listener = s_closeWait with
    {
        State = KernelTcpState.Listen, Local = new SocketEndpoint(0, 1, 9702), Remote = default, Interface = 0, Info = null,
    };

    internal static IEnumerable<FuzzTarget> All =>
    [
        new("netlink-attributes", Attributes, WriteAttributes([(2, new byte[60]), (8, [1])])),
        new("netlink-datagram", Datagram, [.. Message(20, Write(s_closeWait)), .. Message(20, Write(s_listener)), .. Message(NetlinkHeader.TypeDone, new byte[4])]),
        new("netlink-error", Error, Message(NetlinkHeader.TypeError, [0xea, 0xff, 0xff, 0xff])),
        new("netlink-inet-diag", Socket, Write(s_closeWait), Write(s_listener)),
        new("netlink-unix-diag", UnixSocket, Write(new ListedUnixSocket { Inode = 146616, IsListening = true, Path = "/run/app/l.sock\0"u8, Queued = 3, Backlog = 128 }), Write(new ListedUnixSocket { Inode = 7, IsListening = false, IsDatagram = true, Path = "\0name\0x"u8, Peer = 146616 }), Write(new ListedUnixSocket { Inode = 8, IsListening = false, Peer = 0, IsShutDown = true })),
    ];

    private static bool Datagram(ReadOnlySpan<byte> datagram)
    {
        List<string> messages = MessagesOf(datagram, out int taken);
        Expect.True(taken <= datagram.Length);
        for (int length = datagram.Length <= Expect.LongestCut ? datagram.Length - 1 : 0; length > 0; length -= 1 + (datagram.Length / 64))
        {
            List<string> ofCut = MessagesOf(datagram[..length], out _);
            Expect.True(ofCut.SequenceEqual(messages.Take(ofCut.Count)), "a truncated datagram has different messages");
        }

        return messages.Count > 0;
    }

    private static List<string> MessagesOf(ReadOnlySpan<byte> datagram, out int taken)
    {
        List<string> messages = [];
        ReadOnlySpan<byte> rest = datagram;
        while (NetlinkMessages.TryTake(ref rest, out NetlinkHeader header, out ReadOnlySpan<byte> payload))
        {
            Expect.Within(payload, datagram);
            Expect.Equal(header.MessageLength, (uint)(payload.Length + NetlinkHeader.Length));
            messages.Add(InetDiag.TryParse(payload, out TcpSocket socket) ? $"{header.Type} {socket}" : $"{header.Type} {payload.Length}");
            Expect.True(rest.Length <= datagram.Length - (messages.Count * NetlinkHeader.Length));
        }

        taken = datagram.Length - rest.Length;
        return messages;
    }

    private static bool Attributes(ReadOnlySpan<byte> attributes)
    {
        List<(ushort Type, byte[] Value)> all = [];
        ReadOnlySpan<byte> rest = attributes;
        int before = rest.Length;
        while (NetlinkMessages.TryTakeAttribute(ref rest, out ushort type, out ReadOnlySpan<byte> value))
        {
            Expect.Within(value, attributes);
            Expect.True(rest.Length <= before - 4);
            Expect.True(type <= 0x3fff);
            before = rest.Length;
            all.Add((type, value.ToArray()));
        }

        ReadOnlySpan<byte> written = WriteAttributes(all);
        foreach ((ushort type, byte[] value) in all)
        {
            Expect.True(NetlinkMessages.TryTakeAttribute(ref written, out ushort againType, out ReadOnlySpan<byte> again)
                && againType == type && again.SequenceEqual(value));
        }

        Expect.True(written.IsEmpty);
        return all.Count > 0;
    }

    private static bool Error(ReadOnlySpan<byte> datagram)
    {
        ReadOnlySpan<byte> rest = datagram;
        int errno = NetlinkMessages.TryTake(ref rest, out _, out ReadOnlySpan<byte> payload) ? NetlinkMessages.ReadErrno(payload) : 0;
        Expect.True(errno >= 0);
        return errno > 0;
    }

    private static bool Socket(ReadOnlySpan<byte> message)
    {
        if (!InetDiag.TryParse(message, out TcpSocket socket))
        {
            return false;
        }

        Expect.True(Enum.IsDefined(socket.State));
        Expect.True(socket.Cookie is not null);
        Expect.True(InetDiag.TryParse(Write(socket), out TcpSocket again) && again == socket, $"{again} after writing {socket}");
        return true;
    }

    private static bool UnixSocket(ReadOnlySpan<byte> message)
    {
        if (!UnixDiag.TryParse(message, out ListedUnixSocket socket))
        {
            return false;
        }

        Expect.Within(socket.Path, message);
        Expect.True(UnixDiag.TryParse(Write(in socket), out ListedUnixSocket again)
            && again.Inode == socket.Inode && again.IsListening == socket.IsListening && again.IsDatagram == socket.IsDatagram
            && again.Peer == socket.Peer && again.IsShutDown == socket.IsShutDown
            && again.Queued == socket.Queued && again.Backlog == socket.Backlog && again.Path.SequenceEqual(socket.Path));
        return true;
    }

    // struct unix_diag_msg, and the attributes that are read.
    private static byte[] Write(in ListedUnixSocket socket)
    {
        byte[] message = new byte[16];
        message[0] = Libc.AF_UNIX;
        message[1] = (byte)(socket.IsDatagram ? 2 : 1);
        message[2] = (byte)(socket.IsListening ? KernelTcpState.Listen : KernelTcpState.Close);
        MemoryMarshal.Write(message.AsSpan(4), (uint)socket.Inode);
        byte[] queue = [.. BitConverter.GetBytes(socket.Queued), .. BitConverter.GetBytes(socket.Backlog)];
        List<(ushort, byte[])> attributes = [(0, socket.Path.ToArray()), (4, queue), (6, [(byte)(socket.IsShutDown ? 3 : 0)])];
        if (socket.Peer is { } peer)
        {
            attributes.Add((2, BitConverter.GetBytes((uint)peer)));
        }

        return [.. message, .. WriteAttributes([.. attributes])];
    }

    // struct inet_diag_msg, and the part of struct tcp_info that is read.
    private static byte[] Write(in TcpSocket socket)
    {
        byte[] message = new byte[InetDiag.MessageLength];
        bool ipv4 = socket.Local.IsIPv4 && socket.Remote.IsIPv4;
        message[0] = (byte)(ipv4 ? Libc.AF_INET : Libc.AF_INET6);
        message[1] = (byte)socket.State;
        message[2] = (byte)socket.Timer;
        message[3] = socket.Retransmissions;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), socket.Local.Port);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), socket.Remote.Port);
        WriteAddress(message.AsSpan(8), socket.Local, ipv4);
        WriteAddress(message.AsSpan(24), socket.Remote, ipv4);
        MemoryMarshal.Write(message.AsSpan(40), socket.Interface);
        MemoryMarshal.Write(message.AsSpan(44), socket.Cookie ?? 0);
        MemoryMarshal.Write(message.AsSpan(52), socket.TimerMs);
        MemoryMarshal.Write(message.AsSpan(56), socket.ReceiveQueue);
        MemoryMarshal.Write(message.AsSpan(60), socket.SendQueue);
        MemoryMarshal.Write(message.AsSpan(64), socket.Uid);
        MemoryMarshal.Write(message.AsSpan(68), (uint)socket.Inode);
        if (socket.Info is not { } known)
        {
            return message;
        }

        byte[] info = new byte[known.Bytes is null ? 60 : 216];
        MemoryMarshal.Write(info.AsSpan(44), known.LastDataSentMs);
        MemoryMarshal.Write(info.AsSpan(52), known.LastDataReceivedMs);
        MemoryMarshal.Write(info.AsSpan(56), known.LastAckReceivedMs);
        if (known.Bytes is { } bytes)
        {
            MemoryMarshal.Write(info.AsSpan(120), bytes.Acked);
            MemoryMarshal.Write(info.AsSpan(144), bytes.NotSent);
            MemoryMarshal.Write(info.AsSpan(200), bytes.Sent);
            MemoryMarshal.Write(info.AsSpan(208), bytes.Retransmitted);
        }

        return [.. message, .. WriteAttributes([(Attribute, info)])];
    }

    private static void WriteAddress(Span<byte> target, in SocketEndpoint end, bool ipv4)
    {
        if (ipv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(target, (uint)end.AddressLow);
            return;
        }

        BinaryPrimitives.WriteUInt64BigEndian(target, end.AddressHigh);
        BinaryPrimitives.WriteUInt64BigEndian(target[8..], end.AddressLow);
    }

    private static byte[] WriteAttributes(IReadOnlyList<(ushort Type, byte[] Value)> attributes)
    {
        List<byte> written = [];
        foreach ((ushort type, byte[] value) in attributes)
        {
            written.AddRange([.. BitConverter.GetBytes((ushort)(value.Length + 4)), .. BitConverter.GetBytes(type), .. value]);
            written.AddRange(new byte[-written.Count & 3]);
        }

        return [.. written];
    }

    private static byte[] Message(ushort type, byte[] payload)
    {
        byte[] message = new byte[(NetlinkHeader.Length + payload.Length + 3) & ~3];
        MemoryMarshal.Write(message, new NetlinkHeader { MessageLength = (uint)(NetlinkHeader.Length + payload.Length), Type = type });
        payload.CopyTo(message, NetlinkHeader.Length);
        return message;
    }
}
