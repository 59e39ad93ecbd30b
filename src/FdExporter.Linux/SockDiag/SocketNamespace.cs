using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.SockDiag;

/// <summary>
/// The network namespace in which a socket of another process was created; it may have no process in it. The socket is
/// duplicated and closed at once: while there are two, a close by its owner does not end the connection. Source:
/// pidfd_getfd(2), which needs permission to attach to the process; SO_NETNS_COOKIE of socket(7), Linux 5.14; SIOCGSKNS. For
/// the descriptor table of a single thread it needs Linux 6.9.
/// </summary>
internal static unsafe class SocketNamespace
{
    /// <summary>0 if the kernel does not report it, or this is not a socket.</summary>
    internal static ulong CookieOf(int socket)
    {
        ulong cookie = 0;
        uint length = sizeof(ulong);
        return Libc.getsockopt(socket, Libc.SOL_SOCKET, Libc.SO_NETNS_COOKIE, &cookie, &length) == 0 ? cookie : 0;
    }

    /// <summary>Of this process's namespace; 0 if the kernel does not report it.</summary>
    internal static ulong ReadOwnCookie()
    {
        using ScopedFd socket = new(Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0));
        return socket.Value < 0 ? 0 : CookieOf(socket.Value);
    }

    /// <summary>The number that lsns(8) shows for a descriptor of a namespace; 0 if unknown.</summary>
    internal static ulong NumberOf(int namespaceFd)
    {
        Libc.Statx statx;
        byte none = 0;
        return Libc.statx(namespaceFd, &none, Libc.AT_EMPTY_PATH, Libc.STATX_INO, &statx) == 0 ? statx.stx_ino : 0;
    }

    /// <summary>
    /// Inspects one socket. False if it cannot be duplicated, is gone, or is another socket now; errno is then the reason, 0
    /// if the number belongs to another socket now.
    /// </summary>
    /// <param name="pid">In the exporter's own pid namespace: in another one the number is another process.</param>
    /// <param name="thread">The thread that has the descriptor table; 0 for the table of the process.</param>
    /// <param name="open">Decides by its cookie whether to open the namespace; opening needs CAP_NET_ADMIN in it.</param>
    /// <param name="cookie">0 if the kernel does not report it.</param>
    /// <param name="opened">A descriptor of the namespace; null if not requested or refused.</param>
    internal static bool TryLook(int pid, int thread, int fd, ulong inode, Func<ulong, bool> open, out ulong cookie, out SafeFd? opened, out int errno)
    {
        cookie = 0;
        opened = null;
        bool isThread = thread != 0 && thread != pid;
        using ScopedFd process = new((int)Libc.syscall(
            Libc.SYS_pidfd_open, isThread ? thread : pid, isThread ? Libc.PIDFD_THREAD : 0, 0));
        errno = process.Value < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (process.Value < 0)
        {
            return false;
        }

        WatchedCalls.Begin(pid);
        using ScopedFd socket = new((int)Libc.syscall(Libc.SYS_pidfd_getfd, process.Value, fd, 0));
        WatchedCalls.End();
        errno = socket.Value < 0 ? Marshal.GetLastPInvokeError() : 0;
        Libc.Statx statx;
        byte none = 0;
        if (socket.Value < 0
            || Libc.statx(socket.Value, &none, Libc.AT_EMPTY_PATH, Libc.STATX_INO, &statx) != 0
            || statx.stx_ino != inode)
        {
            return false;
        }

        cookie = CookieOf(socket.Value);
        if (open(cookie) && Libc.ioctl(socket.Value, Libc.SIOCGSKNS, (nint)0) is >= 0 and int found)
        {
            // The kernel makes it close-on-exec.
            opened = new SafeFd(found);
        }

        return true;
    }
}
