using System.Buffers.Binary;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace FdExporter.Tests.Testing;

/// <summary>A socket of any family, bound to any bytes, which <see cref="System.Net.Sockets.Socket"/> does not support.</summary>
internal sealed unsafe partial class KernelSocket : IDisposable
{
    internal const int AF_UNIX = 1;
    internal const int AF_INET = 2;
    internal const int AF_INET6 = 10;
    internal const int AF_NETLINK = 16;
    internal const int AF_PACKET = 17;
    internal const int AF_VSOCK = 40;
    internal const int AF_XDP = 44;
    internal const int IPPROTO_MPTCP = 262;
    internal const int SOCK_STREAM = 1;
    internal const int SOCK_DGRAM = 2;
    internal const int SOCK_RAW = 3;
    private const int EPERM = 1;
    private const int SOCK_CLOEXEC = 0x80000;

    internal KernelSocket(int family, int type, int protocol = 0)
        : this(Check(socket(family, type | SOCK_CLOEXEC, protocol), "socket"))
    {
    }

    private KernelSocket(int fd) => Fd = fd;

    /// <returns>Null if the kernel does not have the protocol.</returns>
    internal static KernelSocket? TryOpen(int family, int type, int protocol)
    {
        int fd = socket(family, type | SOCK_CLOEXEC, protocol);
        Assert.True(fd >= 0 || Marshal.GetLastPInvokeError() != EPERM, "only root opens such a socket");
        return fd >= 0 ? new KernelSocket(fd) : null;
    }

    private byte[] _path = [];

    internal int Fd { get; }

    internal ulong Inode => InodeOf(Fd);

    // socket:[363722]
    internal static ulong InodeOf(int fd)
        => ulong.Parse(new FileInfo(FormattableString.Invariant($"/proc/self/fd/{fd}")).LinkTarget!["socket:[".Length..^1], CultureInfo.InvariantCulture);

    /// <summary>Binds to a path, or with a NUL before it to an abstract name.</summary>
    internal KernelSocket BindUnix(ReadOnlySpan<byte> path)
    {
        Span<byte> address = stackalloc byte[110];
        address.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(address, AF_UNIX);
        path.CopyTo(address[2..]);
        _path = path[0] == 0 ? [] : [.. path, 0];
        return Bind(address[..(2 + path.Length)]);
    }

    internal KernelSocket BindUnix(string path) => BindUnix(Encoding.UTF8.GetBytes(path));

    /// <summary>Binds to port 0: the kernel chooses one.</summary>
    internal KernelSocket BindNetlink() => Bind([AF_NETLINK, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

    /// <summary>Binds to 127.0.0.1 and this port.</summary>
    internal KernelSocket BindLoopback(ushort port = 0) => Bind(Loopback(port));

    internal KernelSocket ConnectLoopback(ushort port)
    {
        fixed (byte* address = Loopback(port))
        {
            Check(connect(Fd, address, 16), "connect");
        }

        return this;
    }

    internal KernelSocket ConnectUnix(string path)
    {
        byte[] name = Encoding.UTF8.GetBytes(path);
        Span<byte> address = stackalloc byte[110];
        address.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(address, AF_UNIX);
        name.CopyTo(address[2..]);
        fixed (byte* bytes = address)
        {
            Check(connect(Fd, bytes, (uint)(2 + name.Length)), "connect");
        }

        return this;
    }

    internal KernelSocket Accept() => new(Check(accept4(Fd, null, null, SOCK_CLOEXEC), "accept4"));

    internal KernelSocket Listen()
    {
        Check(listen(Fd, 5), "listen");
        return this;
    }

    internal int Duplicate() => Check(dup(Fd), "dup");

    internal static void Close(int fd) => _ = close(fd);

    public void Dispose()
    {
        _ = close(Fd);
        fixed (byte* path = _path)
        {
            _ = path is null ? 0 : unlink(path);
        }
    }

    private static byte[] Loopback(ushort port) => [AF_INET, 0, (byte)(port >> 8), (byte)port, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];

    private KernelSocket Bind(ReadOnlySpan<byte> address)
    {
        fixed (byte* bytes = address)
        {
            Check(bind(Fd, bytes, (uint)address.Length), "bind");
        }

        return this;
    }

    private static int Check(int result, string call) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError(), call);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int fd, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int fd, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept4(int fd, byte* address, uint* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int listen(int fd, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlink(byte* path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);
}
