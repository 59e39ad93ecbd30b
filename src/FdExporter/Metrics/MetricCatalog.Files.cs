namespace FdExporter.Metrics;

/// <summary>The metrics of the collector <c>files</c>.</summary>
internal static partial class MetricCatalog
{
    internal static readonly MetricDefinition GroupDeletedFilesBytes = new(
        "fd_group_deleted_files_bytes", "Space used by files that were deleted and are still open, by group and mount point, in bytes. Each file counts once.", "group", "mountpoint");

    internal static readonly MetricDefinition GroupDeletedFilesRatio = new(
        "fd_group_deleted_files_ratio", "The same as a share of the size of the file system. Only for file systems on disks of this machine.", "group", "mountpoint");

    internal static readonly MetricDefinition UserInotifyInstances = new(
        "fd_user_inotify_instances", "Inotify instances by effective user of the process that holds them.", "user");

    internal static readonly MetricDefinition UserInotifyWatches = new(
        "fd_user_inotify_watches", "Inotify watches by effective user of the process that holds them, as far as they have been read.", "user");

    internal static readonly MetricDefinition SystemInotifyMaxUserInstances = new(
        "fd_system_inotify_max_user_instances", "Maximum number of inotify instances of a user (fs.inotify.max_user_instances).");

    internal static readonly MetricDefinition SystemInotifyMaxUserWatches = new(
        "fd_system_inotify_max_user_watches", "Maximum number of inotify watches of a user (fs.inotify.max_user_watches).");

    internal static readonly MetricDefinition ExporterUnreadFds = new(
        "fd_exporter_unread_fds", "Descriptors whose bytes or watches are not known, or not yet, by type: deleted_file, inotify. They are in no sum.", "type");
}
