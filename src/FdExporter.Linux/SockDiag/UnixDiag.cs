using System.Runtime.InteropServices;
using FdExporter.Linux.Native;
using FdExporter.Linux.Sockets;

namespace FdExporter.Linux.SockDiag;

/// <summary>The request and the replies of unix_diag. Source: sock_diag(7), include/uapi/linux/unix_diag.h.</summary>
internal static class UnixDiag
{
    internal const int RequestLength = 24;

    /// <summary>struct unix_diag_msg without its attributes.</summary>
    private const int MessageLength = 16;

    private const uint ShowName = 1;
    private const ushort AttributeName = 0;

    /// <summary>struct unix_diag_req: family, protocol, pad, states, inode, show, cookie; for all sockets, with their names.</summary>
    internal static void WriteRequest(Span<byte> request)
    {
        request = request[..RequestLength];
        request.Clear();
        request[0] = Libc.AF_UNIX;
        MemoryMarshal.Write(request[4..], uint.MaxValue);
        MemoryMarshal.Write(request[12..], ShowName);
    }

    // family type state pad | inode cookie[2] | attributes
    //      0    1     2   3 |     4         8 | 16
    internal static bool TryParse(ReadOnlySpan<byte> message, out ulong inode, out bool isListening, out ReadOnlySpan<byte> path)
    {
        inode = 0;
        isListening = false;
        path = default;
        if (message.Length < MessageLength || message[0] != Libc.AF_UNIX)
        {
            return false;
        }

        isListening = message[2] == (byte)KernelTcpState.Listen;
        inode = MemoryMarshal.Read<uint>(message[4..]);
        ReadOnlySpan<byte> attributes = message[MessageLength..];
        while (NetlinkMessages.TryTakeAttribute(ref attributes, out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == AttributeName)
            {
                // A path ends with a NUL, an abstract name may contain NULs.
                path = value.IsEmpty || value[0] == 0 || value.IndexOf((byte)0) is not (> 0 and int end) ? value : value[..end];
            }
        }

        return true;
    }
}
