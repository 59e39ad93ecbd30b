using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.SockDiag;

/// <summary>
/// The network namespace that a socket of another process was made in, which need not be one that a process lives in. The
/// socket is duplicated for it and closed at once: as long as two hold it, the other's close ends no connection. Source:
/// pidfd_getfd(2), which takes the right to attach to the process; SO_NETNS_COOKIE of socket(7), Linux 5.14; SIOCGSKNS.
/// In a descriptor table that only a thread has it takes Linux 6.9.
/// </summary>
internal static unsafe class SocketNamespace
{
    /// <summary>0 where the kernel does not tell, or this is no socket.</summary>
    internal static ulong CookieOf(int socket)
    {
        ulong cookie = 0;
        uint length = sizeof(ulong);
        return Libc.getsockopt(socket, Libc.SOL_SOCKET, Libc.SO_NETNS_COOKIE, &cookie, &length) == 0 ? cookie : 0;
    }

    /// <summary>Of the namespace that this process is in; 0 where the kernel does not tell.</summary>
    internal static ulong ReadOwnCookie()
    {
        using ScopedFd socket = new(Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0));
        return socket.Value < 0 ? 0 : CookieOf(socket.Value);
    }

    /// <summary>The number that lsns(8) shows, of a descriptor of a namespace; 0 where it cannot be told.</summary>
    internal static ulong NumberOf(int namespaceFd)
    {
        Libc.Statx statx;
        byte none = 0;
        return Libc.statx(namespaceFd, &none, Libc.AT_EMPTY_PATH, Libc.STATX_INO, &statx) == 0 ? statx.stx_ino : 0;
    }

    /// <summary>
    /// Looks at one socket. False when it may not be duplicated, or is gone, or another now; errno is then the reason, 0 where
    /// the number is another's by now.
    /// </summary>
    /// <param name="thread">The thread in whose table the descriptor is; 0 for that of the process.</param>
    /// <param name="open">Whether to open the namespace, given its cookie; that takes CAP_NET_ADMIN in it.</param>
    /// <param name="cookie">0 where the kernel does not tell.</param>
    /// <param name="opened">A descriptor of the namespace; null where it was not asked for or is refused.</param>
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
            // Made close-on-exec by the kernel.
            opened = new SafeFd(found);
        }

        return true;
    }
}
