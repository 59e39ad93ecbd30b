namespace FdExporter.Benchmarks.Fleet;

/// <summary>What a real exporter said of one machine.</summary>
/// <param name="Text">The whole answer, OpenMetrics.</param>
/// <param name="Compressed">Unit: bytes, as they went over the network.</param>
internal sealed record RecordedHost(HostKind Kind, string Text, long Compressed)
{
    internal IReadOnlyList<MovingSeries> Lines { get; } = [.. Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(MovingSeries.Parse)];

    internal int Series => Lines.Count(static line => line.IsSeries);

    /// <summary>What of it makes these series.</summary>
    internal HostSeries Shape => new()
    {
        Namespaces = Count("fd_tcp_sockets") / 11,
        Groups = Count("fd_group_processes"),
        GroupsWithLimit = Count("fd_group_max_process_fd_ratio"),
        Types = Count("fd_group_fds"),
        GroupStates = Count("fd_group_tcp_sockets"),
        GroupsWithDeadSockets = Count("fd_group_dead_sockets"),
        ProcessStates = Count("fd_process_tcp_sockets"),
        UnattributedStates = Count("fd_exporter_unattributed_sockets"),
        InodelessStates = Count("fd_exporter_inodeless_sockets"),
        Processes = Count("fd_process_info"),
        HasOtherProcesses = Count("fd_process_open_fds") > Count("fd_process_info"),
        Endpoints = Count("fd_close_wait_oldest_seconds"),
        Causes = Count("fd_close_wait_sockets"),
    };

    internal int Count(string family) => Lines.Count(line => line.IsSeries && line.Text.StartsWith(family, StringComparison.Ordinal));
}
