using System.Collections.Immutable;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Files;

/// <summary>Collector <c>files</c>: what is behind descriptors of deleted files and of inotify, as the last walks found them.</summary>
internal sealed class FileCollector(ProcFs procFs, TimeProvider time)
{
    private readonly DeletedFiles _deleted = new(procFs, time);
    private readonly InotifyInstances _inotify = new(procFs, time);
    private readonly RowBuffer<ListedFd> _listed = new();

    /// <exception cref="IOException">No file handles left.</exception>
    internal FileUse Collect(SocketOwnerCollector walks, ImmutableArray<ProcessSample> processes, Deadline deadline)
    {
        long unlisted = walks.List(FdType.DeletedFile, _listed, DeletedFiles.MostRemembered) - _listed.Count;
        ImmutableArray<DeletedFilesSample> deleted = _deleted.Collect(_listed, processes, deadline, out long unreadDeleted);
        unreadDeleted += Math.Max(0, unlisted);

        unlisted = walks.List(FdType.Inotify, _listed, InotifyInstances.MostRemembered) - _listed.Count;
        ImmutableArray<InotifySample> inotify = _inotify.Collect(_listed, processes, deadline, out long unreadInotify);
        InotifyLimits limits = InotifyLimits.Read(procFs);
        return new FileUse(deleted, inotify, unreadDeleted, unreadInotify + Math.Max(0, unlisted))
        {
            MaxInotifyInstances = limits.Instances,
            MaxInotifyWatches = limits.Watches,
        };
    }
}
