using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Inspection;

/// <summary>The descriptors of one process: listed up to a number, the others counted.</summary>
internal sealed class FdListing(FdLinks links, int mostListed)
{
    /// <summary>Number of descriptors between two checks of the clock.</summary>
    private const int DeadlineEvery = 64;

    private FdTypeCounts _types;
    private int _targets;

    internal List<FdSample> Fds { get; } = [];

    /// <summary>Numbers of the io_uring instances among them.</summary>
    internal List<int> Rings { get; } = [];

    internal FdTypeCounts Types => _types;

    internal int Unlisted { get; private set; }

    internal bool IsCutShort { get; private set; }

    /// <param name="search">Gets the sockets that are listed.</param>
    internal ReadStatus TryWalk(int pid, FdTables tables, SocketSearch search, Deadline deadline)
    {
        _types = default;
        FdPosition next = default;
        ReadStatus status = FdTableWalk.TryWalk(links, pid, tables, ref next, (number, link, target) =>
        {
            if (link.Kind == FdKind.IoUring)
            {
                Rings.Add(number);
            }

            FdType type = FdTypes.Of(link.Kind);
            _types[type]++;
            if (Fds.Count == mostListed || _targets > ProcessInspection.MostTargets - target.Length)
            {
                Unlisted++;
                return Unlisted % DeadlineEvery != 0 || !deadline.HasPassed;
            }

            if (type == FdType.Socket)
            {
                search.Add(link.SocketInode, Fds.Count);
            }

            _targets += target.Length;
            Fds.Add(new FdSample(number, type, Encoding.UTF8.GetString(target), null) { Thread = next.Table == 0 ? null : tables.Threads[next.Table] });
            return Fds.Count % DeadlineEvery != 0 || !deadline.HasPassed;
        });
        IsCutShort = next != default;
        return status;
    }
}
