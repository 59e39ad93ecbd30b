using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.SockDiag;

/// <summary>A NETLINK_SOCK_DIAG socket: sends one request, receives datagrams. Not for use by two threads at once.</summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    private const string Target = "NETLINK_SOCK_DIAG";

    private readonly SafeFd _socket;

    private NetlinkSocket(SafeFd socket, uint portId)
    {
        _socket = socket;
        PortId = portId;
    }

    /// <summary>The address that the kernel gave this socket; replies carry it.</summary>
    internal uint PortId { get; }

    /// <summary>
    /// Identifies the network namespace in which it was created; 0 if the kernel does not report it. Source: SO_NETNS_COOKIE of
    /// Linux 5.14.
    /// </summary>
    internal ulong NamespaceCookie => SocketNamespace.CookieOf(_socket.Value);

    /// <exception cref="KernelException">Netlink is not available: no permission, a seccomp filter, no such protocol.</exception>
    internal static NetlinkSocket Open(TimeSpan receiveTimeout)
    {
        int fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Libc.NETLINK_SOCK_DIAG);
        if (fd < 0)
        {
            throw KernelException.FromLastError("socket", Target);
        }

        SafeFd socket = new(fd);
        try
        {
            // Without a timeout a missing reply would block the scan forever.
            Libc.Timeval timeout = new()
            {
                tv_sec = (long)receiveTimeout.TotalSeconds,
                tv_usec = receiveTimeout.Microseconds + (receiveTimeout.Milliseconds * 1000L),
            };
            Libc.SockaddrNl address = new() { nl_family = Libc.AF_NETLINK };
            uint length = (uint)sizeof(Libc.SockaddrNl);
            if (Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, &timeout, (uint)sizeof(Libc.Timeval)) != 0)
            {
                throw KernelException.FromLastError("setsockopt SO_RCVTIMEO", Target);
            }

            if (Libc.bind(fd, &address, length) != 0)
            {
                throw KernelException.FromLastError("bind", Target);
            }

            if (Libc.getsockname(fd, &address, &length) != 0)
            {
                throw KernelException.FromLastError("getsockname", Target);
            }

            return new NetlinkSocket(socket, address.nl_pid);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal void Send(ReadOnlySpan<byte> request)
    {
        fixed (byte* bytes = request)
        {
            // An unconnected netlink socket sends to port 0, the kernel.
            if (Libc.send(_socket.Value, bytes, request.Length, 0) != request.Length)
            {
                throw KernelException.FromLastError("send", Target);
            }
        }
    }

    /// <summary>Receives one datagram.</summary>
    /// <exception cref="KernelException">No reply in time, or the datagram was longer than the buffer.</exception>
    internal ReadOnlySpan<byte> Receive(Span<byte> buffer)
    {
        nint length;
        fixed (byte* bytes = buffer)
        {
            do
            {
                // With MSG_TRUNC recv(2) returns the true length, which reveals a truncated datagram.
                length = Libc.recv(_socket.Value, bytes, buffer.Length, Libc.MSG_TRUNC);
            }
            while (length < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
        }

        if (length < 0)
        {
            throw Marshal.GetLastPInvokeError() == Libc.EAGAIN
                ? KernelException.Protocol("recv", Target, "no reply in time")
                : KernelException.FromLastError("recv", Target);
        }

        return length <= buffer.Length
            ? buffer[..(int)length]
            : throw KernelException.Protocol("recv", Target, $"datagram of {length} bytes is longer than the buffer");
    }

    public void Dispose() => _socket.Dispose();
}
