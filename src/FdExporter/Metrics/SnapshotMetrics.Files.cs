using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Metrics;

/// <summary>Deleted files and inotify.</summary>
internal sealed partial class SnapshotMetrics
{
    private void FillFiles(GroupedHost host)
    {
        if (host.Snapshot.Files is not { } files)
        {
            return;
        }

        foreach (DeletedFilesGroup group in host.DeletedFiles ?? [])
        {
            Set(MetricCatalog.GroupDeletedFilesBytes, group.Bytes, group.Group, group.Mountpoint);
            SetIfKnown(MetricCatalog.GroupDeletedFilesRatio, group.Ratio, group.Group, group.Mountpoint);
        }

        foreach (InotifyUser user in host.InotifyUsers ?? [])
        {
            Set(MetricCatalog.UserInotifyInstances, user.Instances, user.User);
            SetIfKnown(MetricCatalog.UserInotifyWatches, user.Watches, user.User);
        }

        SetIfKnown(MetricCatalog.SystemInotifyMaxUserInstances, files.MaxInotifyInstances);
        SetIfKnown(MetricCatalog.SystemInotifyMaxUserWatches, files.MaxInotifyWatches);
        Set(MetricCatalog.ExporterUnreadFds, files.UnreadDeleted, FdTypeNames.All[(int)FdType.DeletedFile]);
        Set(MetricCatalog.ExporterUnreadFds, files.UnreadInotify, FdTypeNames.All[(int)FdType.Inotify]);
        Set(MetricCatalog.ExporterFolded, host.FoldedDeletedFiles, "fd_group_deleted_files");
        Set(MetricCatalog.ExporterFolded, host.FoldedInotifyUsers, "fd_user_inotify");
    }
}
