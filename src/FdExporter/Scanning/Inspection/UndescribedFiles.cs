using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Inspection;

/// <summary>Files that one process holds without a descriptor, read on request from fdinfo of its io_urings and Unix sockets.</summary>
internal sealed class UndescribedFiles(ProcFs procFs)
{
    private readonly ProcLines _lines = new(procFs);

    /// <returns>Whether the answer is complete: it is not for a busy ring and on older kernels.</returns>
    internal bool TryReadRings(ProcFolder folder, List<int> rings, int most, Deadline deadline, List<HeldSample> held)
    {
        bool isKnown = true;
        foreach (int fd in rings)
        {
            IoUringFdInfo ring = default;
            if (deadline.HasPassed)
            {
                return false;
            }

            isKnown &= _lines.TryRead(ProcPath.OfFdInfo(folder, fd), hasHeadings: false, line =>
            {
                if (ring.TryTakeFile(line, out ReadOnlySpan<byte> target))
                {
                    FdSample file = new(fd, FdTypes.Of(FdLink.Parse(target).Kind), Encoding.UTF8.GetString(target), null);
                    held.Add(new HeldSample(HolderKind.IoUring, fd, 1, file));
                }

                return held.Count < most;
            }) == ReadStatus.Ok && ring.IsKnown;
        }

        return isKnown;
    }

    /// <returns>Whether the answer is complete and time sufficed.</returns>
    internal bool TryReadReceivers(ProcFolder folder, List<FdSample> fds, Deadline deadline, List<HeldSample> held)
    {
        HashSet<string> seen = [];
        bool isKnown = true;
        foreach (FdSample fd in fds)
        {
            if (fd.Socket is not { Protocol: SocketProtocol.Unix } || !seen.Add(fd.Target))
            {
                // A second descriptor of one socket has the same queue.
                continue;
            }

            if (deadline.HasPassed)
            {
                return false;
            }

            isKnown &= UnixFdInfo.TryRead(procFs, fd.Thread is { } thread ? new ProcFolder(folder.Pid, thread) : folder, fd.Number, out long count) == ReadStatus.Ok;
            if (count > 0)
            {
                held.Add(new HeldSample(HolderKind.InFlight, fd.Number, count, null));
            }
        }

        return isKnown;
    }
}
