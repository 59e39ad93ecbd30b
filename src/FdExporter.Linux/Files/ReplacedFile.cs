using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Files;

/// <summary>A file that readers see as it was or as it is, never in between: written beside it, then renamed over it.</summary>
internal static unsafe class ReplacedFile
{
    private const uint ReadableByAll = 0x1a4;

    /// <exception cref="IOException">It cannot be written, and what was there is unchanged; the message does not name the path.</exception>
    internal static void Write(string path, ReadOnlySpan<byte> content)
    {
        // In the same folder, since a rename does not cross file systems. With its number two at a time do not meet.
        string temporary = FormattableString.Invariant($"{path}.{Environment.ProcessId}.tmp");
        fixed (byte* name = FileStatus.Terminated(path), beside = FileStatus.Terminated(temporary))
        {
            ThrowIfNotReplaceable(name);
            int fd = FileStatus.Checked(Libc.openat(
                Libc.AT_FDCWD, beside, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, ReadableByAll));
            try
            {
                WriteAll(fd, content);
                FileStatus.Checked(Libc.renameat(Libc.AT_FDCWD, beside, Libc.AT_FDCWD, name));
            }
            catch
            {
                _ = Libc.unlinkat(Libc.AT_FDCWD, beside, 0);
                throw;
            }
        }
    }

    /// <summary>A device or a pipe of that name would be gone.</summary>
    private static void ThrowIfNotReplaceable(byte* name)
    {
        FileStatus status;
        try
        {
            status = FileStatus.Of(Libc.AT_FDCWD, name, 0);
        }
        catch (IOException) when (Marshal.GetLastPInvokeError() == Libc.ENOENT)
        {
            return;
        }

        status.ThrowIfNotRegular();
    }

    private static void WriteAll(int value, ReadOnlySpan<byte> content)
    {
        using ScopedFd fd = new(value);
        fixed (byte* first = content)
        {
            for (int written = 0; written < content.Length;)
            {
                written += (int)FileStatus.Checked(Libc.write(fd.Value, first + written, content.Length - written));
            }
        }

        FileStatus.Checked(Libc.fsync(fd.Value));
    }
}
