using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Files;

/// <summary>
/// Replaces a file atomically: writes a temporary file, then renames it. Readers see the old or the new content, never a part.
/// </summary>
internal static unsafe class ReplacedFile
{
    private const uint ReadableByAll = 0x1a4;

    /// <exception cref="IOException">Writing failed; the old file is unchanged. The message does not contain the path.</exception>
    internal static void Write(string path, ReadOnlySpan<byte> content)
    {
        // In the same folder, since a rename does not cross file systems. The pid avoids conflicts between processes.
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

    /// <summary>The rename would destroy a device or pipe of that name.</summary>
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
