using System.Runtime.InteropServices;
using System.Text;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Files;

/// <summary>Type, owner and writers of a file. Source: statx(2), inode(7).</summary>
internal readonly record struct FileStatus(int Mode, uint Uid, uint Gid)
{
    internal bool IsLink => Kind == Libc.S_IFLNK;

    internal bool IsRegular => Kind == Libc.S_IFREG;

    private int Kind => Mode & Libc.S_IFMT;

    /// <summary>
    /// Who can change the file besides root, this user and its group; null if no other user can. The sticky bit of a folder protects its
    /// files.
    /// </summary>
    internal string? Doubt
        => Uid != 0 && Uid != Libc.geteuid() ? FormattableString.Invariant($"is owned by uid {Uid}, neither root nor this user")
            : (Mode & Libc.S_IWOTH) != 0 && (Kind != Libc.S_IFDIR || (Mode & Libc.S_ISVTX) == 0) ? "is writable by everybody"
            : null;

    internal static unsafe FileStatus Of(int folder, byte* name, int flags)
    {
        Libc.Statx statx;
        Checked(Libc.statx(folder, name, flags, Libc.STATX_TYPE | Libc.STATX_MODE | Libc.STATX_UID | Libc.STATX_GID, &statx));
        return new FileStatus(statx.stx_mode, statx.stx_uid, statx.stx_gid);
    }

    internal static unsafe FileStatus OfOpen(int fd)
    {
        fixed (byte* empty = "\0"u8)
        {
            return Of(fd, empty, Libc.AT_EMPTY_PATH);
        }
    }

    /// <exception cref="IOException">It is not a regular file.</exception>
    internal void ThrowIfNotRegular()
    {
        string? kind = Kind switch
        {
            Libc.S_IFREG => null,
            Libc.S_IFDIR => "a directory",
            Libc.S_IFIFO => "a FIFO",
            Libc.S_IFSOCK => "a socket",
            _ => "a device",
        };
        if (kind is not null)
        {
            throw new IOException($"is {kind}, not a regular file");
        }
    }

    internal static byte[] Terminated(string path)
        => path.Contains('\0', StringComparison.Ordinal) ? throw new IOException("not a valid path") : Encoding.UTF8.GetBytes(path + '\0');

    /// <summary>Returns the result of a system call; throws the kernel's error if it failed.</summary>
    internal static int Checked(int result) => (int)Checked((nint)result);

    internal static nint Checked(nint result)
        => result >= 0 ? result : throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
}
