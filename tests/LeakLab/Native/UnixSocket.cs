using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace LeakLab.Native;

/// <summary>Unix stream sockets as plain descriptors.</summary>
internal static unsafe class UnixSocket
{
    /// <summary>struct sockaddr_un: a family of two bytes and a path.</summary>
    private const int SockaddrLength = 110;

    /// <param name="path">An abstract name begins with @.</param>
    internal static int Listen(string path, int backlog)
    {
        int fd = Open(0);
        fixed (byte* name = Write(path))
        {
            _ = SystemCallException.Check(Libc.bind(fd, name, Length(path)), $"bind {path}");
        }

        _ = SystemCallException.Check(Libc.listen(fd, backlog), $"listen {path}");
        return fd;
    }

    internal static int Connect(string path)
    {
        int fd = Open(0);
        fixed (byte* name = Write(path))
        {
            _ = SystemCallException.Check(Libc.connect(fd, name, Length(path)), $"connect {path}");
        }

        return fd;
    }

    /// <summary>Does not wait for room in the queue.</summary>
    /// <returns>False if the queue is full; the socket is then not connected.</returns>
    internal static bool TryConnect(string path, out int fd)
    {
        fd = Open(Libc.SOCK_NONBLOCK);
        fixed (byte* name = Write(path))
        {
            int result = Libc.connect(fd, name, Length(path));
            return result >= 0 || Marshal.GetLastPInvokeError() == Libc.EAGAIN
                ? result >= 0
                : throw new SystemCallException($"connect {path}", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Removes the file, if it is one.</summary>
    internal static void Remove(string path)
    {
        if (path[0] != '@')
        {
            _ = Libc.unlink(path);
        }
    }

    private static int Open(int flags)
        => SystemCallException.Check(Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC | flags, 0), "socket AF_UNIX");

    private static byte[] Write(string path)
    {
        byte[] name = new byte[SockaddrLength];
        BinaryPrimitives.WriteUInt16LittleEndian(name, Libc.AF_UNIX);
        byte[] text = Encoding.UTF8.GetBytes(path);
        if (text.Length > SockaddrLength - 3)
        {
            throw new IOException($"{path} is longer than the path of a socket can be");
        }

        text.CopyTo(name, 2);
        name[2] = path[0] == '@' ? (byte)0 : name[2];
        return name;
    }

    private static uint Length(string path) => (uint)(2 + Encoding.UTF8.GetByteCount(path));
}
