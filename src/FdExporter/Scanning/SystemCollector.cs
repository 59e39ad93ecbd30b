using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>Collector <c>system</c>: the machine's file handles.</summary>
internal sealed class SystemCollector(ProcFs procFs)
{
    /// <exception cref="IOException">file-nr cannot be read, so there is no number to show.</exception>
    internal FileHandles Collect()
    {
        ReadStatus status = FileNr.TryRead(procFs, out FileNr fileNr);
        if (status != ReadStatus.Ok)
        {
            throw KernelException.Protocol("read", $"{procFs.Root}/sys/fs/file-nr", ReadStatusNames.Of(status));
        }

        return new FileHandles(fileNr.Allocated, fileNr.Max, NrOpen.TryRead(procFs, out ulong nrOpen) == ReadStatus.Ok ? nrOpen : null);
    }
}
