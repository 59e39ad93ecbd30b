using System.Runtime.InteropServices;

namespace FdExporter.Linux.Native;

/// <summary>File system calls outside procfs.</summary>
internal static unsafe partial class Libc
{
    internal const int EEXIST = 17;

    internal const int O_WRONLY = 1;
    internal const int O_CREAT = 0x40;
    internal const int O_EXCL = 0x80;
    internal const int O_NOCTTY = 0x100;
    internal const int O_NONBLOCK = 0x800;

    /// <summary>Differs between architectures, like <see cref="O_DIRECTORY"/>.</summary>
    internal static readonly int O_NOFOLLOW =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    internal const int AT_SYMLINK_NOFOLLOW = 0x100;

    internal const int S_IFMT = 0xf000;
    internal const int S_IFIFO = 0x1000;
    internal const int S_IFDIR = 0x4000;
    internal const int S_IFREG = 0x8000;
    internal const int S_IFLNK = 0xa000;
    internal const int S_IFSOCK = 0xc000;
    internal const int S_ISVTX = 0x200;
    internal const int S_IWGRP = 0x10;
    internal const int S_IWOTH = 0x2;

    internal const uint STATX_TYPE = 0x1;
    internal const uint STATX_MODE = 0x2;
    internal const uint STATX_GID = 0x10;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int openat(int dirfd, byte* pathname, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mkdir(byte* pathname, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unlinkat(int dirfd, byte* pathname, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int renameat(int olddirfd, byte* oldpath, int newdirfd, byte* newpath);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fsync(int fd);

    [LibraryImport("libc")]
    internal static partial uint getegid();
}
