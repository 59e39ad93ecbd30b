using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// The root of every procfs path: <c>/proc</c>, the host's <c>/proc</c> mounted elsewhere, or a folder of captured files.
/// Keeps it open, so that paths are resolved relative to it.
/// </summary>
internal sealed unsafe partial class ProcFs : IDisposable
{
    private readonly SafeFd _root;
    private readonly DescriptorReserve? _reserve;

    private ProcFs(string root, SafeFd fd, DescriptorReserve? reserve, bool isKernel)
    {
        Root = root;
        _root = fd;
        _reserve = reserve;
        IsKernel = isKernel;
    }

    internal string Root { get; }

    /// <summary>False for a folder of captured files: its sizes and the machine's sockets are unrelated to it.</summary>
    internal bool IsKernel { get; }

    /// <summary>True for the procfs of this process's own pid namespace, where <c>self</c> is this process.</summary>
    internal bool IsOwn => IsKernel && Root == "/proc";

    internal int RootFd => _root.Value;

    /// <summary>
    /// Whether files that need ptrace access (<c>stat</c>, link targets) can be read for a process: the kernel may hang.
    /// Called by any thread.
    /// </summary>
    internal Func<int, bool> MayAsk { get; set; } = static _ => true;

    /// <summary>
    /// Reads a file that the kernel returns in one piece (most of <c>/proc/PID</c>), up to the buffer's size. One read(2): a
    /// second one to detect the end would cost a system call per process and scan.
    /// </summary>
    internal ReadStatus TryReadOnce(scoped in ProcPath path, Span<byte> buffer, out ReadOnlySpan<byte> content)
    {
        content = default;
        ReadStatus status = TryOpen(path, directory: false, out ScopedFd fd);
        if (status != ReadStatus.Ok)
        {
            return status;
        }

        using (fd)
        {
            WatchedCalls.Begin(path.Pid);
            nint length = Read(fd.Value, buffer);
            WatchedCalls.End();
            if (length < 0)
            {
                return StatusOfLastError("read", path);
            }

            content = buffer[..(int)length];
            return ReadStatus.Ok;
        }
    }

    /// <summary>Reads a file to its end, at most <paramref name="maxLength"/> bytes; the buffer grows as needed and is kept.</summary>
    internal ReadStatus TryReadAll(scoped in ProcPath path, ref byte[] buffer, int maxLength, out ReadOnlySpan<byte> content)
    {
        content = default;
        ReadStatus status = TryOpen(path, directory: false, out ScopedFd fd);
        if (status != ReadStatus.Ok)
        {
            return status;
        }

        using (fd)
        {
            int total = 0;
            while (true)
            {
                if (total == buffer.Length)
                {
                    if (total >= maxLength)
                    {
                        break;
                    }

                    Array.Resize(ref buffer, Math.Min(maxLength, buffer.Length * 2));
                }

                nint length = Read(fd.Value, buffer.AsSpan(total));
                if (length < 0)
                {
                    return StatusOfLastError("read", path);
                }

                if (length == 0)
                {
                    break;
                }

                total += (int)length;
            }

            content = buffer.AsSpan(0, total);
            return ReadStatus.Ok;
        }
    }

    /// <summary>The target of a link such as <c>PID/ns/net</c>, as the kernel spells it.</summary>
    internal ReadStatus TryReadLink(scoped in ProcPath path, Span<byte> buffer, out ReadOnlySpan<byte> target)
    {
        target = default;
        nint length;
        WatchedCalls.Begin(path.Pid);
        fixed (byte* name = (ReadOnlySpan<byte>)path)
        fixed (byte* bytes = buffer)
        {
            length = Libc.readlinkat(RootFd, name, bytes, buffer.Length);
        }

        WatchedCalls.End();
        if (length < 0)
        {
            return StatusOfLastError("readlink", path);
        }

        target = buffer[..(int)length];
        return ReadStatus.Ok;
    }

    public void Dispose() => _root.Dispose();

    internal static nint Read(int fd, Span<byte> buffer)
    {
        nint length;
        fixed (byte* bytes = buffer)
        {
            do
            {
                length = Libc.read(fd, bytes, buffer.Length);
            }
            while (length < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
        }

        return length;
    }

    private ReadStatus StatusOfLastError(string operation, scoped in ProcPath path)
    {
        int errno = Marshal.GetLastPInvokeError();
        return errno switch
        {
            // ENOTDIR: in a captured root, a file instead of a folder. EINVAL: readlink of a non-link. ENAMETOOLONG: readlink
            // of a path that is too long to return.
            Libc.ENOENT or Libc.ESRCH or Libc.ENOTDIR => ReadStatus.Gone,
            Libc.EACCES or Libc.EPERM => ReadStatus.Denied,
            Libc.EINVAL or Libc.ENAMETOOLONG => ReadStatus.Malformed,
            _ => Throw(operation, path, errno),
        };
    }

    [DoesNotReturn]
    private ReadStatus Throw(string operation, scoped in ProcPath path, int errno)
        => throw new KernelException(operation, $"{Root}/{path}", errno);
}
