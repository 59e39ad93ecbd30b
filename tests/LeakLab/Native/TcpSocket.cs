using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LeakLab.Native;

/// <summary>
/// Blocking TCP sockets, and connected UDP sockets, as plain descriptors. System.Net.Sockets would add an object, a finalizer and an epoll
/// registration to each of them.
/// </summary>
internal static unsafe class TcpSocket
{
    private const int SockaddrLength = 28;

    internal static int Listen(IPEndPoint local, int backlog)
    {
        int fd = Open(local.AddressFamily);
        int on = 1;
        int off = 0;
        _ = SystemCallException.Check(Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, &on, sizeof(int)), "setsockopt SO_REUSEADDR");
        if (local.AddressFamily == AddressFamily.InterNetworkV6)
        {
            // A mapped listener must accept IPv4 clients whatever net.ipv6.bindv6only is.
            _ = SystemCallException.Check(
                Libc.setsockopt(fd, Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, &off, sizeof(int)), "setsockopt IPV6_V6ONLY");
        }

        byte* name = stackalloc byte[SockaddrLength];
        uint length = Write(local, name);
        if (Libc.bind(fd, name, length) < 0 || Libc.listen(fd, backlog) < 0)
        {
            throw Failed("bind", local, fd);
        }

        return fd;
    }

    internal static int Connect(IPEndPoint remote)
    {
        int fd = Open(remote.AddressFamily);
        byte* name = stackalloc byte[SockaddrLength];
        uint length = Write(remote, name);
        if (Libc.connect(fd, name, length) < 0)
        {
            throw Failed("connect", remote, fd);
        }

        return fd;
    }

    /// <summary>Sends the first SYN and does not wait for the answer.</summary>
    internal static int BeginConnect(IPEndPoint remote)
    {
        int fd = Open(remote.AddressFamily, Libc.SOCK_NONBLOCK);
        byte* name = stackalloc byte[SockaddrLength];
        uint length = Write(remote, name);
        if (Libc.connect(fd, name, length) < 0 && Marshal.GetLastPInvokeError() != Libc.EINPROGRESS)
        {
            throw Failed("connect", remote, fd);
        }

        return fd;
    }

    internal static void KeepAlive(int fd)
    {
        int on = 1;
        _ = SystemCallException.Check(Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_KEEPALIVE, &on, sizeof(int)), "setsockopt SO_KEEPALIVE");
    }

    internal static int BindUdp(IPEndPoint local)
    {
        int fd = Open(local.AddressFamily, type: Libc.SOCK_DGRAM);
        byte* name = stackalloc byte[SockaddrLength];
        uint length = Write(local, name);
        return Libc.bind(fd, name, length) < 0 ? throw Failed("bind", local, fd) : fd;
    }

    internal static int ConnectUdp(IPEndPoint remote)
    {
        int fd = Open(remote.AddressFamily, type: Libc.SOCK_DGRAM);
        byte* name = stackalloc byte[SockaddrLength];
        uint length = Write(remote, name);
        return Libc.connect(fd, name, length) < 0 ? throw Failed("connect", remote, fd) : fd;
    }

    internal static int Accept(int listener)
        => SystemCallException.Check(Libc.accept4(listener, null, null, Libc.SOCK_CLOEXEC), "accept4");

    internal static int LocalPort(int fd)
    {
        byte* name = stackalloc byte[SockaddrLength];
        uint length = SockaddrLength;
        _ = SystemCallException.Check(Libc.getsockname(fd, name, &length), "getsockname");
        return (name[2] << 8) | name[3];
    }

    /// <summary>Its close is a reset instead of a FIN: no TIME_WAIT remains.</summary>
    internal static void ResetOnClose(int fd)
    {
        int* linger = stackalloc int[2] { 1, 0 };
        _ = SystemCallException.Check(Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_LINGER, linger, 2 * sizeof(int)), "setsockopt SO_LINGER");
    }

    /// <summary>How long it stays in FIN_WAIT2 once it is closed and the peer has not closed; at most 120 s.</summary>
    internal static void StayInFinWait2(int fd, TimeSpan time)
    {
        int seconds = (int)time.TotalSeconds;
        _ = SystemCallException.Check(Libc.setsockopt(fd, Libc.IPPROTO_TCP, Libc.TCP_LINGER2, &seconds, sizeof(int)), "setsockopt TCP_LINGER2");
    }

    internal static void Send(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (nint sent = 0; sent < bytes.Length;)
            {
                nint count = Libc.send(fd, start + sent, bytes.Length - sent, Libc.MSG_NOSIGNAL);
                sent += SystemCallException.Check((int)count, "send");
            }
        }
    }

    /// <summary>Reads one byte; false at the end of the stream.</summary>
    internal static bool ReadByte(int fd)
    {
        byte one;
        return SystemCallException.Check((int)Libc.read(fd, &one, 1), "read") == 1;
    }

    // The error number is read before the endpoint is formatted, which may make system calls itself.
    private static SystemCallException Failed(string call, IPEndPoint endpoint, int fd)
    {
        int errno = Marshal.GetLastPInvokeError();
        _ = Libc.close(fd);
        return new SystemCallException($"{call} {endpoint}", errno);
    }

    private static int Open(AddressFamily family, int flags = 0, int type = Libc.SOCK_STREAM)
        => SystemCallException.Check(
            Libc.socket(
                family == AddressFamily.InterNetwork ? Libc.AF_INET : Libc.AF_INET6, type | Libc.SOCK_CLOEXEC | flags, 0),
            "socket");

    // sockaddr_in: family port address.  sockaddr_in6: family port flowinfo address scope_id
    private static uint Write(IPEndPoint endpoint, byte* name)
    {
        new Span<byte>(name, SockaddrLength).Clear();
        bool ipv4 = endpoint.AddressFamily == AddressFamily.InterNetwork;
        *(ushort*)name = (ushort)(ipv4 ? Libc.AF_INET : Libc.AF_INET6);
        name[2] = (byte)(endpoint.Port >> 8);
        name[3] = (byte)endpoint.Port;
        _ = endpoint.Address.TryWriteBytes(new Span<byte>(name + (ipv4 ? 4 : 8), 16), out _);
        return ipv4 ? 16u : 28u;
    }
}
