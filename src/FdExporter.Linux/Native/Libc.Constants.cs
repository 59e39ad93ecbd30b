using System.Runtime.InteropServices;

namespace FdExporter.Linux.Native;

/// <summary>Constants of the system calls, by their C names.</summary>
internal static unsafe partial class Libc
{
    internal const int EPERM = 1;
    internal const int ENOENT = 2;
    internal const int ESRCH = 3;
    internal const int EINTR = 4;
    internal const int EBADF = 9;
    internal const int EAGAIN = 11;
    internal const int EACCES = 13;
    internal const int ENOTDIR = 20;
    internal const int EINVAL = 22;
    internal const int ENAMETOOLONG = 36;
    internal const int EPIPE = 32;
    internal const int EOPNOTSUPP = 95;

    /// <summary>The machine's table of file handles is full. Never returned to callers with CAP_SYS_ADMIN.</summary>
    internal const int ENFILE = 23;

    /// <summary>The process's own descriptor limit is reached.</summary>
    internal const int EMFILE = 24;

    internal const int O_RDONLY = 0;
    internal const int O_RDWR = 2;
    internal const int O_CLOEXEC = 0x80000;
    internal const int O_PATH = 0x200000;
    internal const int AT_EMPTY_PATH = 0x1000;

    /// <summary>Differs between architectures: neither arm64 nor arm uses asm-generic's value.</summary>
    internal static readonly int O_DIRECTORY =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x10000;

    internal const int AT_FDCWD = -100;
    internal const int SEEK_SET = 0;

    internal const int AT_STATX_DONT_SYNC = 0x4000;
    internal const uint STATX_NLINK = 0x4;
    internal const uint STATX_UID = 0x8;
    internal const uint STATX_MTIME = 0x40;
    internal const uint STATX_CTIME = 0x80;
    internal const uint STATX_INO = 0x100;
    internal const uint STATX_SIZE = 0x200;
    internal const uint STATX_BLOCKS = 0x400;
    internal const uint STATX_BTIME = 0x800;

    /// <summary>Since Linux 5.8.</summary>
    internal const uint STATX_MNT_ID = 0x1000;

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
    internal const int STDERR_FILENO = 2;
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

    internal const int F_GETFD = 1;

    internal const nint SYS_pidfd_open = 434;
    internal const nint PIDFD_THREAD = 0x80;
    internal const nint SYS_pidfd_getfd = 438;
}
