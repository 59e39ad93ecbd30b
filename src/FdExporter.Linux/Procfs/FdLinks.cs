using System.Buffers.Text;
using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// Called for each descriptor of a walk with its kind and its link, which is valid during the call only. Return false to end
/// the walk after it.
/// </summary>
internal delegate bool FdLinkVisitor(int number, FdLink link, ReadOnlySpan<byte> target);

/// <summary>
/// Walks <c>/proc/PID/fd</c>: one getdents64 per thousand descriptors, one readlinkat for each, and one statx for links with
/// "(deleted)". Needs ptrace access and permission to list. Source: proc_pid_fd(5).
/// </summary>
internal sealed unsafe class FdLinks(ProcFs procFs)
{
    /// <summary>The kernel refuses to return longer paths.</summary>
    private const int LongestTarget = 4096;

    /// <summary>Per thread: an abandoned thread may still write into its own.</summary>
    [ThreadStatic]
    private static byte[]? t_entries;

    [ThreadStatic]
    private static byte[]? t_target;

    /// <summary>
    /// Visits each descriptor. Ok even if some were closed during the walk; Denied if listing or following links is refused;
    /// visits made until then do not count.
    /// </summary>
    /// <param name="next">0, or the position at which to continue an ended walk of this process; set to the new position, 0 at the end.</param>
    internal ReadStatus TryWalk(ProcFolder folder, ref int next, FdLinkVisitor visit)
    {
        int first = next;
        next = 0;
        ProcPath path = ProcPath.Of(folder, "fd"u8);
        ReadStatus status = procFs.TryOpen(path, directory: true, out ScopedFd fd);
        if (status != ReadStatus.Ok)
        {
            return status;
        }

        using (fd)
        {
            // In the kernel's directory a descriptor is at its number, after "." and ".."; in a captured one anywhere.
            int position = 0;
            if (first > 0 && procFs.IsKernel && Libc.lseek(fd.Value, first + 2L, Libc.SEEK_SET) < 0)
            {
                throw KernelException.FromLastError("lseek", $"{procFs.Root}/{path}");
            }

            byte[] buffer = t_entries ??= new byte[32 * 1024];
            int length;
            while ((length = Dirent.Read(fd.Value, buffer)) > 0)
            {
                ReadOnlySpan<byte> entries = buffer.AsSpan(0, length);
                while (Dirent.TryTakeNumber(ref entries, out int number, out _))
                {
                    if (number < 0 || (position++ < first && !procFs.IsKernel))
                    {
                        continue;
                    }

                    bool goesOn = true;
                    if (TryReadLink(folder.Pid, fd.Value, number, visit, ref goesOn) == ReadStatus.Denied)
                    {
                        return ReadStatus.Denied;
                    }

                    if (!goesOn)
                    {
                        next = procFs.IsKernel ? number + 1 : position;
                        return ReadStatus.Ok;
                    }
                }
            }

            return length == 0 ? ReadStatus.Ok
                : Marshal.GetLastPInvokeError() is Libc.ENOENT or Libc.ESRCH ? ReadStatus.Gone
                : throw KernelException.FromLastError("getdents64", $"{procFs.Root}/{path}");
        }
    }

    /// <summary>The folder of descriptors, for <see cref="TryFollow"/>.</summary>
    internal ReadStatus TryOpen(ProcFolder folder, out ScopedFd opened) => procFs.TryOpen(ProcPath.Of(folder, "fd"u8), directory: true, out opened);

    /// <summary>Visits one descriptor by its number. Gone if it does not exist.</summary>
    /// <param name="opened">The folder of descriptors of this process.</param>
    internal ReadStatus TryFollow(int pid, int opened, int number, FdLinkVisitor visit)
    {
        bool goesOn = true;
        return TryReadLink(pid, opened, number, visit, ref goesOn);
    }

    private ReadStatus TryReadLink(int pid, int directory, int number, FdLinkVisitor visit, ref bool goesOn)
    {
        byte* name = stackalloc byte[16];
        Span<byte> digits = new(name, 16);
        _ = Utf8Formatter.TryFormat(number, digits, out int length);
        digits[length] = 0;
        nint targetLength;
        byte[] buffer = t_target ??= new byte[LongestTarget];
        WatchedCalls.Begin(pid);
        fixed (byte* target = buffer)
        {
            targetLength = Libc.readlinkat(directory, name, target, LongestTarget);
        }

        WatchedCalls.End();
        if (targetLength < 0 && Marshal.GetLastPInvokeError() is var errno && errno != Libc.ENAMETOOLONG)
        {
            // Other errors must not be ignored: the descriptor would be missing until the next walk of the process. EINVAL:
            // not a link, in a captured folder.
            return errno is Libc.EACCES or Libc.EPERM ? ReadStatus.Denied
                : errno is Libc.ENOENT or Libc.ESRCH or Libc.EINVAL ? ReadStatus.Gone
                : throw new KernelException("readlink", $"a descriptor below {procFs.Root}", errno);
        }

        // Only files have such long paths.
        ReadOnlySpan<byte> text = targetLength < 0 ? "(path too long)"u8 : buffer.AsSpan(0, (int)targetLength);
        FdLink link = targetLength < 0 ? new FdLink(FdKind.DeletedFile, 0) : FdLink.Parse(text);
        if (link.Kind == FdKind.DeletedFile && procFs.IsKernel && HasName(pid, directory, name))
        {
            link = link with { Kind = FdKind.File };
        }

        goesOn = visit(number, link, text);
        return ReadStatus.Ok;
    }

    /// <summary>
    /// Whether a file with "(deleted)" in its link still has a name: its own name ends so, or another hard link is left. Then
    /// it wastes no disk space. If the kernel refuses to answer, the link is trusted. Never asks the server of a network file
    /// system, which may hang.
    /// </summary>
    private static bool HasName(int pid, int directory, byte* name)
    {
        Libc.Statx statx;
        WatchedCalls.Begin(pid);
        int result = Libc.statx(directory, name, Libc.AT_STATX_DONT_SYNC, Libc.STATX_NLINK, &statx);
        WatchedCalls.End();
        return result == 0
            && (statx.stx_mask & Libc.STATX_NLINK) != 0
            && statx.stx_nlink > 0;
    }
}
