using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>How descriptors of a process are counted; a label value of <c>fd_exporter_source_info</c>.</summary>
internal enum FdCountSource
{
    /// <summary>
    /// One statx: since Linux 6.2 the size of <c>PID/fd</c> is the number of open descriptors. Like the limit, and unlike a
    /// listing, it includes descriptors reserved by threads that wait in accept(2) or open(2).
    /// </summary>
    Stat,

    /// <summary>List the directory: for older kernels and captured files.</summary>
    Readdir,
}

/// <summary>
/// <c>/proc/PID/fd</c>: the number of open descriptors of a process. Source: proc_pid_fd(5). Unit: descriptors.
/// Gone if the process exited; Denied when listing another user's process without CAP_DAC_READ_SEARCH.
/// </summary>
internal sealed class FdDirectory
{
    private readonly ProcFs _procFs;
    private readonly byte[] _buffer = new byte[32 * 1024];
    private int _batches;

    internal FdDirectory(ProcFs procFs)
    {
        _procFs = procFs;
        Source = Probe(procFs);
    }

    internal FdCountSource Source { get; }

    /// <summary>
    /// Increases while a directory is listed, which takes about a microsecond per descriptor. It allows callers to distinguish a
    /// long listing from a hang.
    /// </summary>
    internal int Batches => Volatile.Read(ref _batches);

    internal ReadStatus TryCount(ProcFolder folder, out long count)
    {
        ProcPath path = ProcPath.Of(folder, "fd"u8);
        if (Source == FdCountSource.Readdir)
        {
            return TryCountByListing(path, out count);
        }

        ReadStatus status = _procFs.TryStatSize(path, out ulong size);
        count = (long)size;
        return status;
    }

    /// <summary>Always counts by listing; tests compare the size with it.</summary>
    internal ReadStatus TryCountByListing(in ProcPath path, out long count)
    {
        count = 0;
        ReadStatus status = _procFs.TryOpen(path, directory: true, out ScopedFd fd);
        if (status != ReadStatus.Ok)
        {
            return status;
        }

        using (fd)
        {
            int length;
            while ((length = Dirent.Read(fd.Value, _buffer)) > 0)
            {
                Volatile.Write(ref _batches, _batches + 1);
                ReadOnlySpan<byte> entries = _buffer.AsSpan(0, length);
                while (Dirent.TryTakeNumber(ref entries, out int number, out _))
                {
                    count += number >= 0 ? 1 : 0;
                }
            }

            // The process exited during the listing: ENOENT since Linux 6.2, an early end before.
            return length == 0 ? ReadStatus.Ok
                : Marshal.GetLastPInvokeError() is Libc.ENOENT or Libc.ESRCH ? ReadStatus.Gone
                : throw KernelException.FromLastError("getdents64", $"{_procFs.Root}/{path}");
        }
    }

    private static FdCountSource Probe(ProcFs procFs)
    {
        if (!procFs.IsKernel)
        {
            return FdCountSource.Readdir;
        }

        // A foreign procfs may not show this process (another pid namespace); then its first process is tested.
        return HasSize(ProcPath.Of("self/fd"u8)) || HasSize(ProcPath.Of(1, "fd"u8)) ? FdCountSource.Stat : FdCountSource.Readdir;

        bool HasSize(in ProcPath path) => procFs.TryStatSize(path, out ulong size) == ReadStatus.Ok && size > 0;
    }
}
