using System.Runtime.InteropServices;
using System.Text;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Files;

/// <summary>
/// A folder that only this user and root can change. It is accessed by descriptor, so later changes of its path have no
/// effect. Links are not followed, neither to it nor in it. Methods throw <see cref="IOException"/> on failure; the message
/// does not name the folder.
/// </summary>
internal sealed unsafe class OwnFolder : IDisposable
{
    private const uint OwnerOnly = 0x180;
    private const uint OwnerOnlyFolder = 0x1c0;

    private readonly SafeFd _fd;

    private OwnFolder(SafeFd fd) => _fd = fd;

    /// <exception cref="IOException">The folder is missing, access is denied, or another user can change it.</exception>
    internal static OwnFolder Open(string path)
    {
        OwnFolder folder = new(new SafeFd(OpenPath(path, Libc.O_NOFOLLOW)));
        try
        {
            folder.ThrowIfOthersCanChangeIt();
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Opens a folder that others may own, possibly through a link. Used only to test whether files can be created in it.</summary>
    internal static OwnFolder OpenParent(string path) => new(new SafeFd(OpenPath(path, 0)));

    /// <summary>Like Open, but creates a missing folder for its owner alone. Does not create the parent folder.</summary>
    internal static OwnFolder OpenOrMake(string path)
    {
        fixed (byte* name = FileStatus.Terminated(path))
        {
            if (Libc.mkdir(name, OwnerOnlyFolder) != 0 && Marshal.GetLastPInvokeError() != Libc.EEXIST)
            {
                throw Marshal.GetLastPInvokeError() == Libc.ENOENT ? new IOException("neither it nor its parent folder exists") : Error();
            }
        }

        return Open(path);
    }

    /// <summary>Names of all entries.</summary>
    internal List<string> Names() => [.. FolderNames.Of(_fd.Value, int.MaxValue).Select(Encoding.UTF8.GetString)];

    /// <summary>The first bytes of a file; empty if it cannot be read or is not a regular file.</summary>
    internal byte[] ReadHead(string name, int length)
    {
        fixed (byte* bytes = FileStatus.Terminated(name))
        {
            using ScopedFd fd = new(Libc.openat(_fd.Value, bytes, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK | Libc.O_NOCTTY | Libc.O_CLOEXEC));
            if (fd.Value < 0 || !FileStatus.OfOpen(fd.Value).IsRegular)
            {
                return [];
            }

            byte[] head = new byte[length];
            int read = 0;
            int more;
            fixed (byte* first = head)
            {
                while ((more = (int)Libc.read(fd.Value, first + read, length - read)) > 0)
                {
                    read += more;
                }
            }

            return head[..read];
        }
    }

    /// <summary>Creates a file for the owner alone and syncs it to disk. No file or link of that name may exist.</summary>
    internal void Create(string name, ReadOnlySpan<byte> content)
    {
        fixed (byte* bytes = FileStatus.Terminated(name), first = content)
        {
            int value = Libc.openat(_fd.Value, bytes, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, OwnerOnly);
            using ScopedFd fd = new(value >= 0 ? value : throw Error(name));
            for (int written = 0; written < content.Length;)
            {
                nint more = Libc.write(fd.Value, first + written, content.Length - written);
                written += more >= 0 ? (int)more : throw Error(name);
            }

            _ = Libc.fsync(fd.Value) == 0 ? 0 : throw Error(name);
        }
    }

    /// <summary>Renames a file and syncs the folder to disk. Replaces an existing file or link of the new name.</summary>
    internal void Rename(string name, string newName)
    {
        fixed (byte* from = FileStatus.Terminated(name), to = FileStatus.Terminated(newName))
        {
            _ = Libc.renameat(_fd.Value, from, _fd.Value, to) == 0 && Libc.fsync(_fd.Value) == 0 ? 0 : throw Error(newName);
        }
    }

    /// <summary>Removes a file, or a link without its target. A missing file is not an error.</summary>
    internal void Delete(string name)
    {
        fixed (byte* bytes = FileStatus.Terminated(name))
        {
            _ = Libc.unlinkat(_fd.Value, bytes, 0) == 0 || Marshal.GetLastPInvokeError() == Libc.ENOENT ? 0 : throw Error(name);
        }
    }

    private static int OpenPath(string path, int flags)
    {
        fixed (byte* name = FileStatus.Terminated(path))
        {
            int fd = Libc.openat(Libc.AT_FDCWD, name, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC | flags);
            if (fd >= 0)
            {
                return fd;
            }

            IOException error = Error();
            throw flags == Libc.O_NOFOLLOW && IsLink(name) ? new IOException("is a link; give the folder itself") : error;
        }
    }

    private static bool IsLink(byte* name)
    {
        try
        {
            return FileStatus.Of(Libc.AT_FDCWD, name, Libc.AT_SYMLINK_NOFOLLOW).IsLink;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The sticky bit is not enough: files created by others would be mistaken for ours.</summary>
    private void ThrowIfOthersCanChangeIt()
    {
        FileStatus status = FileStatus.OfOpen(_fd.Value);
        string? doubt = status.Doubt
            ?? ((status.Mode & Libc.S_IWOTH) != 0 ? "is writable by everybody" : null)
            ?? ((status.Mode & Libc.S_IWGRP) != 0 && status.Gid != Libc.getegid() ? FormattableString.Invariant($"is writable by gid {status.Gid}") : null);
        if (doubt is not null)
        {
            throw new IOException(doubt);
        }
    }

    /// <param name="name">A name in the folder; null for the folder itself.</param>
    private static IOException Error(string? name = null)
    {
        string reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
        return new IOException(name is null ? reason : $"{name}: {reason}");
    }

    public void Dispose() => _fd.Dispose();
}
