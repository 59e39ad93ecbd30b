namespace FdExporter.Benchmarks.Fleet;

/// <summary>
/// How many series the exporter of one machine has, family by family: the arithmetic of deploy/prometheus/FLEET.md, which a
/// test holds against the real exporter.
/// </summary>
internal sealed record HostSeries
{
    private const int TcpStates = 11;
    private const int FdTypes = 12;
    private const int Ages = 3;
    private const int CausesOfAnEndpoint = 4;

    internal IReadOnlyList<string> Collectors { get; init; } = ["system", "process", "tcp", "socket_owner"];

    /// <summary>False for a folder of captured files, which has no other namespaces.</summary>
    internal bool IsKernel { get; init; } = true;

    /// <summary>The host's, the others that are shown, and <c>other</c>.</summary>
    internal int Namespaces { get; init; } = 1;

    /// <summary>Those shown, and <c>other</c>.</summary>
    internal int Groups { get; init; }

    /// <summary>Groups of which some process has a limit: all but <c>[kernel]</c>.</summary>
    internal int GroupsWithLimit { get; init; }

    /// <summary>Types of descriptors, of each group those that it holds or held.</summary>
    internal int Types { get; init; }

    /// <summary>TCP states, of each group those that its sockets have or had.</summary>
    internal int GroupStates { get; init; }

    /// <summary>Groups that hold or held a socket whose connection is gone.</summary>
    internal int GroupsWithDeadSockets { get; init; }

    /// <summary>Processes shown one by one.</summary>
    internal int Processes { get; init; }

    /// <summary>TCP states, of each shown process and of the others together those that their sockets have or had.</summary>
    internal int ProcessStates { get; init; }

    /// <summary>TCP states that sockets without a known owner have or had.</summary>
    internal int UnattributedStates { get; init; }

    /// <summary>TCP states that sockets that no process can hold have or had.</summary>
    internal int InodelessStates { get; init; }

    /// <summary>Whether others are added up.</summary>
    internal bool HasOtherProcesses { get; init; }

    /// <summary>Programs, directions and endpoints with sockets in CLOSE_WAIT, now or lately.</summary>
    internal int Endpoints { get; init; }

    /// <summary>Causes, of each endpoint those that were seen.</summary>
    internal int Causes { get; init; }

    internal int Total => Families().Values.Sum();

    /// <summary>More than these there cannot be, whatever runs on the machine.</summary>
    internal static HostSeries Most(int topProcesses = 20, int maxGroups = 200, int topEndpoints = 50, int maxNamespaces = 100)
    {
        int groups = maxGroups + 1;

        // Those shown, what is left of each program in each direction ([unknown] too), and those with 0 that are remembered.
        int endpoints = Math.Max(64, 2 * topEndpoints) + topEndpoints + (2 * (groups + 1));
        return new HostSeries
        {
            Namespaces = maxNamespaces + 2,
            Groups = groups,
            GroupsWithLimit = groups,
            Types = FdTypes * groups,
            GroupStates = TcpStates * groups,
            GroupsWithDeadSockets = groups,
            Processes = topProcesses,
            ProcessStates = TcpStates * (topProcesses + 1),
            UnattributedStates = TcpStates,
            InodelessStates = TcpStates,
            HasOtherProcesses = true,
            Endpoints = endpoints,
            Causes = CausesOfAnEndpoint * endpoints,
        };
    }

    /// <summary>
    /// The number of series by the name of their family, those of 0 left out. Without a web configuration, and once one
    /// scrape was answered (<c>http_requests_received_total</c>).
    /// </summary>
    internal IReadOnlyDictionary<string, int> Families()
    {
        bool walks = Has("socket_owner");
        int shown = Processes + (HasOtherProcesses ? 1 : 0);
        Dictionary<string, int> families = new()
        {
            ["fd_exporter_build_info"] = 1,
            ["fd_exporter_web_info"] = 1,
            ["fd_exporter_source_info"] = 1,
            ["fd_exporter_view_partial"] = Has("process") ? 2 : 1,
            ["fd_exporter_collector_success"] = Collectors.Count,
            ["fd_exporter_collector_duration_seconds"] = Collectors.Count,
            ["fd_exporter_folded"] = (Has("tcp") ? 1 : 0) + (Has("process") ? 2 : 0) + (walks ? 1 : 0),
            ["fd_system_handles_threshold"] = 1,
            ["fd_close_wait_threshold"] = 1,
            ["fd_exporter_scrapes_total"] = 1,
            ["fd_exporter_scans_total"] = 1,
            ["fd_exporter_walked_fds_total"] = 1,
            ["fd_exporter_scrapes_refused_total"] = 3,
            ["fd_exporter_vanished_processes_total"] = 1,
            ["fd_exporter_malformed_processes_total"] = 1,
            ["fd_exporter_config_last_reload_successful"] = 1,
            ["fd_exporter_config_last_reload_success_timestamp_seconds"] = 1,
            ["fd_exporter_evidence_files_total"] = 1,
            ["fd_exporter_evidence_failures_total"] = 1,
            ["fd_exporter_evidence_left_out_total"] = 2,
            ["fd_exporter_handles_refused_total"] = 2,
            ["fd_exporter_log_lines_dropped_total"] = 1,
            ["fd_exporter_answers_refused_total"] = 1,
            ["fd_exporter_connections_closed_total"] = 3,
            ["http_requests_received_total"] = 1,
            ["process_cpu_seconds_total"] = 1,
            ["process_resident_memory_bytes"] = 1,
            ["process_start_time_seconds"] = 1,
            ["process_open_fds"] = 1,
            ["process_max_fds"] = 1,
        };
        if (Has("system"))
        {
            families["fd_system_handles_allocated"] = 1;
            families["fd_system_handles_max"] = 1;
            families["fd_system_nr_open"] = 1;
        }

        if (Has("tcp"))
        {
            families["fd_tcp_sockets"] = TcpStates * Namespaces;
        }

        if (Has("process"))
        {
            families["fd_exporter_processes"] = 3;
            families["fd_exporter_hung_processes"] = 1;
            families["fd_exporter_unchecked_thread_tables"] = 1;
            families["fd_exporter_unread_namespaces"] = Has("tcp") && IsKernel ? 1 : 0;
            families["fd_exporter_oldest_namespace_reading_seconds"] = Has("tcp") && IsKernel ? 1 : 0;
            families["fd_exporter_unlisted_sockets"] = Has("tcp") && IsKernel ? 1 : 0;
            families["fd_group_processes"] = Groups;
            families["fd_group_open_fds"] = Groups;
            families["fd_group_max_process_open_fds"] = Groups;
            families["fd_group_max_process_fd_ratio"] = GroupsWithLimit;
            families["fd_process_open_fds"] = shown;
            families["fd_process_fds_soft_limit"] = Processes;
            families["fd_process_fds_hard_limit"] = Processes;
            families["fd_process_start_time_seconds"] = Processes;
            families["fd_process_info"] = Processes;
        }

        if (walks)
        {
            families["fd_exporter_unattributed_sockets"] = UnattributedStates;
            families["fd_exporter_inodeless_sockets"] = InodelessStates;
            families["fd_exporter_unwalked_processes"] = 1;
            families["fd_group_fds"] = Types;
            families["fd_group_tcp_sockets"] = GroupStates;
            families["fd_group_dead_sockets"] = GroupsWithDeadSockets;
            families["fd_process_tcp_sockets"] = ProcessStates;
            families["fd_close_wait_sockets"] = Causes;
            families["fd_close_wait_oldest_seconds"] = Endpoints;
            families["fd_close_wait_aged_sockets"] = Ages * Endpoints;
        }

        return families.Where(static family => family.Value > 0).ToDictionary();
    }

    private bool Has(string collector) => Collectors.Contains(collector);
}
