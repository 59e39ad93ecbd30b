using FdExporter.Linux.Native;

namespace FdExporter.Linux.Files;

/// <summary>
/// The whole content of a file with a configured path. Only regular files are opened: opening a FIFO would block until a writer
/// opens it, and opening a device may have side effects.
/// </summary>
/// <param name="Bytes">The whole content.</param>
/// <param name="Doubt">
/// Who else can change it, such as <c>is writable by everybody</c>; null if only its owner can, who is root or this user.
/// </param>
internal sealed record RegularFile(byte[] Bytes, string? Doubt)
{
    private const int InitialBufferSize = 16 * 1024;

    /// <param name="mostBytes">Size limit; a larger file is an error.</param>
    /// <exception cref="IOException">
    /// It is not a regular file, cannot be read or is too large; the message gives the reason, without the path.
    /// </exception>
    internal static unsafe RegularFile Read(string path, int mostBytes)
    {
        fixed (byte* name = FileStatus.Terminated(path))
        {
            FileStatus.Of(Libc.AT_FDCWD, name, 0).ThrowIfNotRegular();
            using ScopedFd fd = new(FileStatus.Checked(Libc.openat(Libc.AT_FDCWD, name, Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_NOCTTY | Libc.O_CLOEXEC)));

            // The file may have been replaced meanwhile.
            FileStatus status = FileStatus.OfOpen(fd.Value);
            status.ThrowIfNotRegular();
            return new RegularFile(ReadAll(fd.Value, mostBytes), status.Doubt ?? DoubtOfFolder(path));
        }
    }

    /// <summary>Reads from a descriptor, from its current position.</summary>
    internal static byte[] ReadAll(int fd, int mostBytes)
    {
        byte[] bytes = new byte[Math.Min(InitialBufferSize, mostBytes + 1)];
        int length = 0;
        while (true)
        {
            int read = Read(fd, bytes.AsSpan(length));
            length += read;
            if (length > mostBytes)
            {
                throw new IOException(FormattableString.Invariant($"is larger than {mostBytes} bytes"));
            }

            if (read == 0)
            {
                return bytes[..length];
            }

            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, Math.Min(length * 4, mostBytes + 1));
            }
        }
    }

    private static unsafe int Read(int fd, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            return (int)FileStatus.Checked(Libc.read(fd, bytes, buffer.Length));
        }
    }

    /// <summary>Users who can write to the folder can replace the file.</summary>
    private static unsafe string? DoubtOfFolder(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        fixed (byte* name = FileStatus.Terminated(folder))
        {
            return FileStatus.Of(Libc.AT_FDCWD, name, 0).Doubt is { } doubt ? $"is in {folder}, which {doubt}" : null;
        }
    }
}
