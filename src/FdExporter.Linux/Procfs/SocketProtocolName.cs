using System.Text;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// The extended attribute <c>system.sockprotoname</c> of a descriptor: what the kernel calls the protocol of a socket. To be
/// asked of sockets only: of a file it would go to the file's own file system. Needs ptrace access. Source: net/socket.c.
/// </summary>
internal static unsafe class SocketProtocolName
{
    /// <summary>Whether it is a TCP socket, plain or multipath. False too where it cannot be told.</summary>
    internal static bool IsTcp(ProcFs procFs, ProcFolder folder, int fd)
    {
        Span<byte> path = stackalloc byte[256];
        ProcPath descriptor = ProcPath.OfDescriptor(folder, fd);
        ReadOnlySpan<byte> below = descriptor;
        if (!Encoding.UTF8.TryGetBytes(procFs.Root, path, out int length) || length + 1 + below.Length > path.Length)
        {
            return false;
        }

        path[length++] = (byte)'/';
        below.CopyTo(path[length..]);
        Span<byte> name = stackalloc byte[32];
        fixed (byte* where = path)
        fixed (byte* attribute = "system.sockprotoname\0"u8)
        fixed (byte* value = name)
        {
            nint read = Libc.getxattr(where, attribute, value, (nuint)name.Length);
            name = name[..(int)Math.Max(read, 0)].TrimEnd((byte)0);
        }

        return name.SequenceEqual("TCP"u8) || name.SequenceEqual("TCPv6"u8) || name.SequenceEqual("MPTCP"u8);
    }
}
