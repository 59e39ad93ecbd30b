using System.Runtime.InteropServices;

// By default the runtime first looks for libc in the program's own folder and would load any file of that name.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)]

namespace FdExporter.Linux.Native;

/// <summary>
/// Every system call that the exporter makes, by its C name. Signatures and constants only; errno is read with
/// <see cref="Marshal.GetLastPInvokeError"/>.
/// </summary>
internal static unsafe partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int madvise(nuint addr, nuint length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int openat(int dirfd, byte* pathname, int flags);

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

    /// <summary>For calls that older C libraries do not wrap; the numbers are the same on every architecture since Linux 5.1.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint syscall(nint number, nint arg1, nint arg2, nint arg3);

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

    /// <summary>For calls that the C library does not wrap.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint syscall(nint number, nint arg1, nint arg2, nint arg3, nint arg4, nint arg5);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setenv(byte* name, byte* value, int overwrite);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int execv(byte* pathname, byte** argv);

    /// <summary>kcmp(2), not wrapped by libc: pid1, pid2, type, idx1, idx2.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint kcmp(nint number, nint pid1, nint pid2, nint type, nint idx1, nint idx2);
}
