using System.Runtime.InteropServices;

// By itself the runtime first looks for a libc in the program's own folder, and would run what lies there under that name.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)]

namespace FdExporter.Linux.Native;

/// <summary>
/// Every system call that the exporter makes, by its C name. Signatures and constants only; errno is read with
/// <see cref="Marshal.GetLastPInvokeError"/>.
/// </summary>
internal static unsafe partial class Libc
{
    internal const int EPERM = 1;
    internal const int ENOENT = 2;
    internal const int ESRCH = 3;
    internal const int EINTR = 4;
    internal const int EIO = 5;
    internal const int EBADF = 9;
    internal const int EAGAIN = 11;
    internal const int ENOTTY = 25;
    internal const int EACCES = 13;
    internal const int ENOTDIR = 20;
    internal const int EINVAL = 22;
    internal const int ENAMETOOLONG = 36;
    internal const int EPIPE = 32;
    internal const int EOPNOTSUPP = 95;

    /// <summary>The machine's table of file handles is full. Who has CAP_SYS_ADMIN is never told so.</summary>
    internal const int ENFILE = 23;

    /// <summary>The process's own limit of descriptors is reached.</summary>
    internal const int EMFILE = 24;

    internal const int O_RDONLY = 0;
    internal const int O_RDWR = 2;
    internal const int O_CLOEXEC = 0x80000;
    internal const int O_PATH = 0x200000;
    internal const int AT_EMPTY_PATH = 0x1000;

    /// <summary>Differs between architectures: asm-generic's value is used by neither arm64 nor arm.</summary>
    internal static readonly int O_DIRECTORY =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x10000;

    internal const int AT_FDCWD = -100;
    internal const int SEEK_SET = 0;

    internal const int AT_STATX_DONT_SYNC = 0x4000;
    internal const uint STATX_NLINK = 0x4;
    internal const uint STATX_UID = 0x8;
    internal const uint STATX_INO = 0x100;
    internal const uint STATX_SIZE = 0x200;

    internal const int AF_INET = 2;
    internal const int AF_INET6 = 10;
    internal const int AF_NETLINK = 16;
    internal const int AF_UNIX = 1;
    internal const int SOCK_DGRAM = 2;
    internal const int SOCK_RAW = 3;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const int NETLINK_SOCK_DIAG = 4;
    internal const int SIGTERM = 15;
    internal const int SIG_BLOCK = 0;
    internal const int SIG_UNBLOCK = 1;
    internal const int SOL_SOCKET = 1;
    internal const int SO_RCVBUF = 8;
    internal const int SO_RCVTIMEO = 20;
    internal const int SO_NETNS_COOKIE = 71;
    internal const int MSG_TRUNC = 0x20;
    internal const int CLONE_NEWNET = 0x40000000;

    internal static readonly nint SYS_kcmp = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 272 : 312;
    internal const nint KCMP_FILE = 0;
    internal const nint KCMP_FILES = 2;

    internal const int RLIMIT_NOFILE = 7;

    internal const long PROC_SUPER_MAGIC = 0x9fa0;

    /// <summary>The inode number of the root of each procfs.</summary>
    internal const ulong PROC_ROOT_INO = 1;
    internal const long NSFS_MAGIC = 0x6e736673;
    internal const int _SC_CLK_TCK = 2;

    internal const int STDOUT_FILENO = 1;
    internal const nuint TIOCGWINSZ = 0x5413;
    internal const nuint SIOCGSKNS = 0x894c;
    internal const nuint NS_GET_USERNS = 0xb701;
    internal const nuint NS_GET_PARENT = 0xb702;
    internal const nuint NS_GET_OWNER_UID = 0xb704;
    internal const short POLLPRI = 2;
    internal const short POLLOUT = 4;

    internal const uint _LINUX_CAPABILITY_VERSION_3 = 0x20080522;
    internal const int PR_SET_NAME = 15;
    internal const int PR_GET_NAME = 16;
    internal const int PR_CAPBSET_READ = 23;
    internal const int PR_CAPBSET_DROP = 24;
    internal const int PR_GET_SECUREBITS = 27;
    internal const int PR_SET_SECUREBITS = 28;
    internal const int PR_SET_NO_NEW_PRIVS = 38;
    internal const int PR_GET_NO_NEW_PRIVS = 39;
    internal const int PR_CAP_AMBIENT = 47;
    internal const int PR_CAP_AMBIENT_RAISE = 2;
    internal const int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    internal const int SECBIT_NOROOT = 1;
    internal const int SECBIT_NOROOT_LOCKED = 2;

    internal const int MADV_DONTNEED = 4;
    internal const int M_MMAP_THRESHOLD = -3;
    internal const int M_ARENA_MAX = -8;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int madvise(nuint addr, nuint length, int advice);

    /// <summary>Of glibc only.</summary>
    [LibraryImport("libc")]
    internal static partial int mallopt(int param, int value);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int openat(int dirfd, byte* pathname, int flags);

    internal const int F_GETFD = 1;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(int fd, int cmd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(int fd, byte* buf, nint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(int fd, byte* buf, nint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(int fd, nuint request, Winsize* argp);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(int fd, nuint request, nint arg);

    [LibraryImport("libc")]
    internal static partial uint getuid();

    [LibraryImport("libc")]
    internal static partial uint geteuid();

    /// <summary>For calls that older C libraries have no function for; the numbers are the same on every architecture since Linux 5.1.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint syscall(nint number, nint arg1, nint arg2, nint arg3);

    internal const nint SYS_pidfd_open = 434;
    internal const nint PIDFD_THREAD = 0x80;
    internal const nint SYS_pidfd_getfd = 438;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(Pollfd* fds, nuint nfds, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint readlinkat(int dirfd, byte* pathname, byte* buf, nint bufsiz);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial long lseek(int fd, long offset, int whence);

    private static readonly nint SYS_getdents64 = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 61 : 217;

    /// <summary>By its number: glibc has a function for it since 2.30.</summary>
    internal static nint getdents64(int fd, byte* dirp, nint count) => syscall(SYS_getdents64, fd, (nint)dirp, count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int statx(int dirfd, byte* pathname, int flags, uint mask, Statx* statxbuf);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fstatfs(int fd, Statfs* buf);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial long sysconf(int name);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(int sockfd, SockaddrNl* addr, uint addrlen);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockname(int sockfd, SockaddrNl* addr, uint* addrlen);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setsockopt(int sockfd, int level, int optname, void* optval, uint optlen);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockopt(int sockfd, int level, int optname, void* optval, uint* optlen);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint send(int sockfd, byte* buf, nint len, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recv(int sockfd, byte* buf, nint len, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setns(int fd, int nstype);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sigprocmask(int how, ulong* set, ulong* oldset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sigwaitinfo(ulong* set, void* info);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getrlimit(int resource, Rlimit* rlim);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setrlimit(int resource, Rlimit* rlim);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int capget(CapHeader* hdrp, CapData* datap);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int capset(CapHeader* hdrp, CapData* datap);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint getxattr(byte* path, byte* name, void* value, nuint size);

    /// <summary>For what the C library has no function of its own.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint syscall(nint number, nint arg1, nint arg2, nint arg3, nint arg4, nint arg5);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setenv(byte* name, byte* value, int overwrite);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int execv(byte* pathname, byte** argv);

    /// <summary>kcmp(2), for which libc has no function: pid1, pid2, type, idx1, idx2.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint kcmp(nint number, nint pid1, nint pid2, nint type, nint idx1, nint idx2);

    /// <summary>struct __user_cap_header_struct. Source: capget(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct CapHeader
    {
        internal uint version;
        internal int pid;
    }

    /// <summary>Two of struct __user_cap_data_struct: capabilities 0 to 31, then 32 to 63. Source: capget(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct CapData
    {
        internal uint effective;
        internal uint permitted;
        internal uint inheritable;
        internal uint effective_high;
        internal uint permitted_high;
        internal uint inheritable_high;
    }

    /// <summary>struct rlimit of a 64-bit architecture. Source: getrlimit(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Rlimit
    {
        internal ulong rlim_cur;
        internal ulong rlim_max;
    }

    /// <summary>struct statx, the same on every architecture. Source: statx(2).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Statx
    {
        [FieldOffset(0)] internal uint stx_mask;
        [FieldOffset(16)] internal uint stx_nlink;
        [FieldOffset(20)] internal uint stx_uid;
        [FieldOffset(24)] internal uint stx_gid;
        [FieldOffset(28)] internal ushort stx_mode;
        [FieldOffset(32)] internal ulong stx_ino;
        [FieldOffset(40)] internal ulong stx_size;
    }

    /// <summary>struct statfs of a 64-bit architecture; only the type is read. Source: statfs(2).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Statfs
    {
        [FieldOffset(0)] internal long f_type;
    }

    /// <summary>struct sockaddr_nl. Source: netlink(7).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SockaddrNl
    {
        internal ushort nl_family;
        internal ushort nl_pad;
        internal uint nl_pid;
        internal uint nl_groups;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Timeval
    {
        internal long tv_sec;
        internal long tv_usec;
    }

    /// <summary>struct winsize. Source: TIOCGWINSZ(2const).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Winsize
    {
        internal ushort ws_row;
        internal ushort ws_col;
        internal ushort ws_xpixel;
        internal ushort ws_ypixel;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Pollfd
    {
        internal int fd;
        internal short events;
        internal short revents;
    }
}
