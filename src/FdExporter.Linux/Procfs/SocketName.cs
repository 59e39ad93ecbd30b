using System.Runtime.InteropServices;
using System.Text;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// The extended attribute <c>system.sockprotoname</c> of a descriptor: the kernel's name for a socket's protocol, such as
/// <c>TCP</c>, <c>UNIX-STREAM</c>, <c>AF_VSOCK</c>, also for sockets without a table. Needs the same permission as following
/// the link. Source: net/socket.c.
/// </summary>
internal static unsafe class SocketName
{
    /// <summary>Longer than the longest root plus name in use.</summary>
    private const int LongestPath = 512;

    /// <param name="inode">The socket's inode. The call would hang on a file of a dead server, so the link is checked again just before.</param>
    /// <returns>Gone if the descriptor has another target now, and for captured files.</returns>
    internal static ReadStatus TryRead(ProcFs procFs, ProcFolder folder, int fd, ulong inode, Span<byte> buffer, out ReadOnlySpan<byte> name)
    {
        name = default;
        ProcPath descriptor = ProcPath.OfDescriptor(folder, fd);
        if (!procFs.IsKernel || procFs.TryReadLink(descriptor, buffer, out ReadOnlySpan<byte> target) != ReadStatus.Ok
            || FdLink.Parse(target).SocketInode != inode)
        {
            return ReadStatus.Gone;
        }

        Span<byte> path = stackalloc byte[LongestPath];
        ReadOnlySpan<byte> below = descriptor;
        if (!Encoding.UTF8.TryGetBytes(procFs.Root, path, out int root) || root + 1 + below.Length >= path.Length)
        {
            return ReadStatus.Gone;
        }

        path[root++] = (byte)'/';
        below.CopyTo(path[root..]);
        path[root + below.Length] = 0;
        nint length;
        WatchedCalls.Begin(folder.Pid);
        fixed (byte* where = path)
        fixed (byte* attribute = "system.sockprotoname\0"u8)
        fixed (byte* value = buffer)
        {
            length = Libc.getxattr(where, attribute, value, (nuint)buffer.Length);
        }

        WatchedCalls.End();

        if (length <= 0)
        {
            return length < 0 && Marshal.GetLastPInvokeError() is Libc.EACCES or Libc.EPERM ? ReadStatus.Denied : ReadStatus.Gone;
        }

        // The value ends with a NUL.
        name = buffer[..(int)length].TrimEnd((byte)0);
        return ReadStatus.Ok;
    }

    /// <summary>Whether it is a TCP socket, plain or multipath. False also if unknown.</summary>
    internal static bool IsTcp(ProcFs procFs, ProcFolder folder, int fd, ulong inode)
    {
        Span<byte> buffer = stackalloc byte[64];
        return TryRead(procFs, folder, fd, inode, buffer, out ReadOnlySpan<byte> name) == ReadStatus.Ok
            && IsTcp(name);
    }

    /// <summary>Whether a name is that of TCP, plain or multipath.</summary>
    internal static bool IsTcp(ReadOnlySpan<byte> name)
        => name.SequenceEqual("TCP"u8) || name.SequenceEqual("TCPv6"u8) || name.SequenceEqual("MPTCP"u8) || name.SequenceEqual("MPTCPv6"u8);
}
