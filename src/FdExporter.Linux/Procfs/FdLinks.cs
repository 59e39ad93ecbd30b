using System.Buffers.Text;
using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>Called once per descriptor of a walk.</summary>
internal delegate void FdLinkVisitor(FdLink link);

/// <summary>
/// Walks <c>/proc/PID/fd</c>: one getdents64 per thousand descriptors and one readlinkat for each. Needs ptrace access
/// and the right to list. Source: proc_pid_fd(5).
/// </summary>
internal sealed unsafe class FdLinks(ProcFs procFs)
{
    /// <summary>A longer path is cut by the kernel, and its "(deleted)" with it.</summary>
    private const int LongestTarget = 4096;

    private readonly byte[] _entries = new byte[32 * 1024];
    private readonly byte[] _target = new byte[LongestTarget];

    /// <summary>
    /// Visits each descriptor. Ok also when some were closed under the walk; Denied when they may not be listed or not
    /// be followed, with nothing visited that counts.
    /// </summary>
    internal ReadStatus TryWalk(int pid, FdLinkVisitor visit)
    {
        ProcPath path = ProcPath.Of(pid, "fd"u8);
        ReadStatus status = procFs.TryOpen(path, directory: true, out ScopedFd fd);
        if (status != ReadStatus.Ok)
        {
            return status;
        }

        using (fd)
        {
            int length;
            while ((length = Dirent.Read(fd.Value, _entries)) > 0)
            {
                ReadOnlySpan<byte> entries = _entries.AsSpan(0, length);
                while (Dirent.TryTakeNumber(ref entries, out int number, out _))
                {
                    if (number >= 0 && TryReadLink(fd.Value, number, visit) == ReadStatus.Denied)
                    {
                        return ReadStatus.Denied;
                    }
                }
            }

            return length == 0 ? ReadStatus.Ok
                : Marshal.GetLastPInvokeError() is Libc.ENOENT or Libc.ESRCH ? ReadStatus.Gone
                : throw KernelException.FromLastError("getdents64", $"{procFs.Root}/{path}");
        }
    }

    private ReadStatus TryReadLink(int directory, int number, FdLinkVisitor visit)
    {
        byte* name = stackalloc byte[16];
        Span<byte> digits = new(name, 16);
        _ = Utf8Formatter.TryFormat(number, digits, out int length);
        digits[length] = 0;
        nint targetLength;
        fixed (byte* target = _target)
        {
            targetLength = Libc.readlinkat(directory, name, target, LongestTarget);
        }

        if (targetLength < 0)
        {
            return Marshal.GetLastPInvokeError() is Libc.EACCES or Libc.EPERM ? ReadStatus.Denied : ReadStatus.Gone;
        }

        visit(FdLink.Parse(_target.AsSpan(0, (int)targetLength)));
        return ReadStatus.Ok;
    }
}
