using System.Runtime.InteropServices;
using FdExporter.Linux.Native;
using FdExporter.Linux.Sockets;

namespace FdExporter.Linux.SockDiag;

/// <summary>The request and the replies of unix_diag. Source: sock_diag(7), include/uapi/linux/unix_diag.h.</summary>
internal static class UnixDiag
{
    internal const int RequestLength = 24;

    /// <summary>What is requested of each socket, UDIAG_SHOW_NAME and so on. The kernel always adds which directions are shut down.</summary>
    internal const uint ShowName = 1;
    internal const uint ShowPeer = 4;
    internal const uint ShowQueue = 16;

    /// <summary>One bit per state: the listeners.</summary>
    internal const uint Listening = 1u << (int)KernelTcpState.Listen;

    /// <summary>struct unix_diag_msg without its attributes.</summary>
    private const int MessageLength = 16;

    private const ushort AttributeName = 0;
    private const ushort AttributePeer = 2;
    private const ushort AttributeQueue = 4;
    private const ushort AttributeShutdown = 6;
    private const byte ShutdownBoth = 3;
    private const byte SOCK_DGRAM = 2;

    /// <summary>struct unix_diag_req: family, protocol, pad, states, inode, show, cookie; for all sockets in one of the states.</summary>
    internal static void WriteRequest(Span<byte> request, uint show, uint states = uint.MaxValue)
    {
        request = request[..RequestLength];
        request.Clear();
        request[0] = Libc.AF_UNIX;
        MemoryMarshal.Write(request[4..], states);
        MemoryMarshal.Write(request[12..], show);
    }

    // family type state pad | inode cookie[2] | attributes
    //      0    1     2   3 |     4         8 | 16
    internal static bool TryParse(ReadOnlySpan<byte> message, out ListedUnixSocket socket)
    {
        socket = default;
        if (message.Length < MessageLength || message[0] != Libc.AF_UNIX)
        {
            return false;
        }

        ulong? peer = null;
        bool isShutDown = false;
        (uint queued, uint backlog) = (0, 0);
        ReadOnlySpan<byte> path = default;
        ReadOnlySpan<byte> attributes = message[MessageLength..];
        while (NetlinkMessages.TryTakeAttribute(ref attributes, out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case AttributeName:
                    // A path ends with a NUL, an abstract name may contain NULs.
                    path = value.IsEmpty || value[0] == 0 || value.IndexOf((byte)0) is not (> 0 and int end) ? value : value[..end];
                    break;
                case AttributePeer when value.Length >= sizeof(uint):
                    peer = MemoryMarshal.Read<uint>(value);
                    break;
                case AttributeQueue when value.Length >= 2 * sizeof(uint):
                    (queued, backlog) = (MemoryMarshal.Read<uint>(value), MemoryMarshal.Read<uint>(value[sizeof(uint)..]));
                    break;
                case AttributeShutdown when value.Length >= 1:
                    isShutDown = (value[0] & ShutdownBoth) == ShutdownBoth;
                    break;
            }
        }

        socket = new ListedUnixSocket
        {
            Inode = MemoryMarshal.Read<uint>(message[4..]),
            IsListening = message[2] == (byte)KernelTcpState.Listen,
            IsDatagram = message[1] == SOCK_DGRAM,
            Peer = peer,
            IsShutDown = isShutDown,
            Queued = queued,
            Backlog = backlog,
            Path = path,
        };
        return true;
    }
}
