using System.Runtime.InteropServices;

namespace LeakLab.Native;

/// <summary>
/// Every system call of the lab, by its C name. Separate from the exporter's: the test tool shares no code with
/// the exporter.
/// </summary>
internal static unsafe partial class Libc
{
    internal const int EINTR = 4;
    internal const int ECHILD = 10;
    internal const int EAGAIN = 11;
    internal const int EMFILE = 24;

    internal const int PROT_READ = 1;
    internal const int MAP_SHARED = 1;
    internal const int O_RDONLY = 0;
    internal const int O_RDWR = 2;
    internal const int O_CREAT = 0x40;
    internal const int O_EXCL = 0x80;
    internal const int O_CLOEXEC = 0x80000;

    internal const int AF_UNIX = 1;
    internal const int AF_INET = 2;
    internal const int AF_INET6 = 10;
    internal const int SOCK_STREAM = 1;
    internal const int SOCK_DGRAM = 2;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const int SOCK_NONBLOCK = 0x800;
    internal const int EINPROGRESS = 115;
    internal const int SOL_SOCKET = 1;
    internal const int SO_REUSEADDR = 2;
    internal const int SO_KEEPALIVE = 9;
    internal const int SO_LINGER = 13;
    internal const int IPPROTO_IPV6 = 41;
    internal const int IPPROTO_TCP = 6;
    internal const int TCP_LINGER2 = 8;
    internal const int IPV6_V6ONLY = 26;
    internal const int SHUT_WR = 1;
    internal const int MSG_NOSIGNAL = 0x4000;
    internal const int MSG_DONTWAIT = 0x40;
    internal const int SO_SNDBUFFORCE = 32;
    internal const int SCM_RIGHTS = 1;
    internal const nuint SIOCGIFFLAGS = 0x8913;
    internal const nuint SIOCSIFFLAGS = 0x8914;
    internal const short IFF_UP = 1;
    internal const nint SYS_io_uring_setup = 425;
    internal const nint SYS_io_uring_register = 427;
    internal const int IORING_REGISTER_FILES = 2;

    internal const short POLLIN = 0x1;
    internal const short POLLRDHUP = 0x2000;

    internal const int CLOCK_MONOTONIC = 1;
    internal const uint MFD_CLOEXEC = 1;
    internal const int RLIMIT_NOFILE = 7;
    internal const int SIGKILL = 9;
    internal const int SIGUSR1 = 10;
    internal const int SIGUSR2 = 12;
    internal const int SIGTERM = 15;
    internal const int WNOHANG = 1;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string pathname, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int unlink(string pathname);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(int fd, void* buf, nint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(int fd, void* buf, nint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(Pollfd* fds, nuint nfds, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int pipe2(int* pipefd, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setsockopt(int sockfd, int level, int optname, void* optval, uint optlen);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(int sockfd, byte* addr, uint addrlen);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int listen(int sockfd, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int connect(int sockfd, byte* addr, uint addrlen);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int accept4(int sockfd, byte* addr, uint* addrlen, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockname(int sockfd, byte* addr, uint* addrlen);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int shutdown(int sockfd, int how);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(int fd, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint send(int sockfd, void* buf, nint len, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int socketpair(int domain, int type, int protocol, int* sv);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint sendmsg(int sockfd, Msghdr* msg, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint mmap(nint addr, nuint length, int prot, int flags, int fd, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int munmap(nint addr, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int eventfd(uint initval, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int inotify_add_watch(int fd, string pathname, uint mask);

    /// <summary>Returns the error number itself.</summary>
    [LibraryImport("libc")]
    internal static partial int posix_fallocate(int fd, long offset, long len);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int timerfd_create(int clockid, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int signalfd(int fd, ulong* mask, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getrlimit(int resource, Rlimit* rlim);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setrlimit(int resource, Rlimit* rlim);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int kill(int pid, int sig);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int waitpid(int pid, int* wstatus, int options);

    // These three return the error number itself.
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int posix_spawnp(int* pid, string file, void* fileActions, void* attributes, byte** argv, byte** envp);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_init(void* fileActions);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_adddup2(void* fileActions, int fd, int newfd);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_destroy(void* fileActions);

    [StructLayout(LayoutKind.Sequential)]
    internal struct Pollfd
    {
        internal int fd;
        internal short events;
        internal short revents;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Iovec
    {
        internal void* iov_base;
        internal nuint iov_len;
    }

    /// <summary>struct msghdr of a 64-bit architecture.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Msghdr
    {
        internal void* msg_name;
        internal nuint msg_namelen;
        internal Iovec* msg_iov;
        internal nuint msg_iovlen;
        internal void* msg_control;
        internal nuint msg_controllen;
        internal int msg_flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Rlimit
    {
        internal nuint rlim_cur;
        internal nuint rlim_max;
    }
}
