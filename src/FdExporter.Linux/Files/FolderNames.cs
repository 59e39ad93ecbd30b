using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Files;

/// <summary>
/// The names in a folder, without looking at the files. struct linux_dirent64 { u64 d_ino; s64 d_off; u16 d_reclen; u8 d_type;
/// char d_name[]; }. Source: getdents64(2).
/// </summary>
internal static unsafe class FolderNames
{
    private const int HeaderLength = 19;

    /// <param name="most">Maximum number of names; further ones are left out.</param>
    /// <exception cref="IOException">The folder is missing or access is denied; the message gives the reason, without the path.</exception>
    internal static List<byte[]> Of(string path, int most)
    {
        fixed (byte* name = FileStatus.Terminated(path))
        {
            using ScopedFd fd = new(FileStatus.Checked(Libc.openat(Libc.AT_FDCWD, name, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC)));
            return Of(fd.Value, most);
        }
    }

    /// <summary>The same for an open folder.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static List<byte[]> Of(int fd, int most)
    {
        List<byte[]> names = [];
        byte[] buffer = new byte[32 * 1024];
        int length;
        while ((length = Read(fd, buffer)) > 0)
        {
            ReadOnlySpan<byte> entries = buffer.AsSpan(0, length);
            while (entries.Length >= HeaderLength && MemoryMarshal.Read<ushort>(entries[16..]) is var record && record >= HeaderLength && record <= entries.Length)
            {
                ReadOnlySpan<byte> name = entries[HeaderLength..record];
                int end = name.IndexOf((byte)0);
                name = end < 0 ? name : name[..end];
                entries = entries[record..];
                if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
                {
                    continue;
                }

                if (names.Count == most)
                {
                    return names;
                }

                names.Add(name.ToArray());
            }
        }

        return names;
    }

    private static int Read(int fd, Span<byte> entries)
    {
        fixed (byte* bytes = entries)
        {
            return (int)FileStatus.Checked(Libc.getdents64(fd, bytes, entries.Length));
        }
    }
}
