namespace FdExporter.Benchmarks.Fleet;

/// <summary>A real exporter's answer on one machine.</summary>
/// <param name="Text">The whole answer, OpenMetrics.</param>
/// <param name="Compressed">Size on the network. Unit: bytes.</param>
internal sealed record RecordedHost(HostKind Kind, string Text, long Compressed)
{
    internal IReadOnlyList<MovingSeries> Lines { get; } = [.. Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(MovingSeries.Parse)];

    internal int Series => Lines.Count(static line => line.IsSeries);

    /// <summary>The inputs of the formula for these series.</summary>
    internal HostSeries Shape => new()
    {
        Namespaces = Count("fd_tcp_sockets") / 11,
        Groups = Count("fd_group_processes"),
        GroupsWithLimit = Count("fd_group_max_process_fd_ratio"),
        Types = Count("fd_group_fds"),
        GroupStates = Count("fd_group_tcp_sockets"),
        GroupsWithDeadSockets = Count("fd_group_dead_sockets"),
        Protocols = Count("fd_group_sockets"),
        UnixStates = Count("fd_group_unix_sockets"),
        ProcessStates = Count("fd_process_tcp_sockets"),
        UnattributedStates = Count("fd_exporter_unattributed_sockets"),
        InodelessStates = Count("fd_exporter_inodeless_sockets"),
        Processes = Count("fd_process_info"),
        HasOtherProcesses = Count("fd_process_open_fds") > Count("fd_process_info"),
        Endpoints = Count("fd_close_wait_oldest_seconds"),
        Causes = Count("fd_close_wait_sockets"),
        Listeners = Count("fd_listener_queued_connections"),
        KnownListeners = Count("fd_listener_backlog_connections"),
        ListenersWithDrops = Count("fd_listener_drops_total"),
        AddressStates = Count("fd_connections"),
        Idle = Count("fd_idle_connections"),
        Unanswered = Count("fd_unanswered_connections"),
        Destinations = Count("fd_ephemeral_ports_used"),
        KnowsPorts = Count("fd_ephemeral_ports_max") > 0,
        DeletedFiles = Count("fd_group_deleted_files_bytes"),
        DeletedFilesOnDisk = Count("fd_group_deleted_files_ratio"),
        InotifyUsers = Count("fd_user_inotify_instances"),
        InotifyUsersWithWatches = Count("fd_user_inotify_watches"),
    };

    internal int Count(string family) => Lines.Count(line => line.IsSeries && line.Text.StartsWith(family, StringComparison.Ordinal));
}
