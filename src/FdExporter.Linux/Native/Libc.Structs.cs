using System.Runtime.InteropServices;

namespace FdExporter.Linux.Native;

/// <summary>Structs of the system calls; only fields in use are declared.</summary>
internal static unsafe partial class Libc
{
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
        [FieldOffset(48)] internal ulong stx_blocks;
        [FieldOffset(80)] internal long stx_btime_sec;
        [FieldOffset(96)] internal long stx_ctime_sec;
        [FieldOffset(112)] internal long stx_mtime_sec;
        [FieldOffset(136)] internal uint stx_dev_major;
        [FieldOffset(140)] internal uint stx_dev_minor;
        [FieldOffset(144)] internal ulong stx_mnt_id;
    }

    /// <summary>struct statfs of a 64-bit architecture. Source: statfs(2).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Statfs
    {
        [FieldOffset(0)] internal long f_type;
        [FieldOffset(8)] internal long f_bsize;
        [FieldOffset(16)] internal ulong f_blocks;
        [FieldOffset(72)] internal long f_frsize;
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
