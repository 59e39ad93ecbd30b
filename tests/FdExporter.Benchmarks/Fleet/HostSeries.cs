namespace FdExporter.Benchmarks.Fleet;

/// <summary>
/// The number of series of one machine's exporter, by family: the formula of deploy/prometheus/FLEET.md. A test compares it
/// with the real exporter.
/// </summary>
internal sealed record HostSeries
{
    private const int TcpStates = 11;
    private const int FdTypes = 12;
    private const int SocketProtocols = 9;
    private const int UnixSocketStates = 4;
    private const int Ages = 3;
    private const int CausesOfAnEndpoint = 4;

    /// <summary>All but listen, close, and those without a descriptor.</summary>
    private const int HeldStates = 7;
    private const int IdleNumbers = 6;
    private const int UnansweredCauses = 4;
    private const int MostDestinations = 10;

    internal IReadOnlyList<string> Collectors { get; init; } = ["system", "process", "tcp", "socket_owner", "listeners", "connections", "files"];

    /// <summary>False for a folder of captured files, which has no other namespaces.</summary>
    internal bool IsKernel { get; init; } = true;

    /// <summary>The host's, the others that are shown, and <c>other</c>.</summary>
    internal int Namespaces { get; init; } = 1;

    /// <summary>Those shown, and <c>other</c>.</summary>
    internal int Groups { get; init; }

    /// <summary>Groups with at least one process that has a limit: all but <c>[kernel]</c>.</summary>
    internal int GroupsWithLimit { get; init; }

    /// <summary>Descriptor types, summed over the groups: those that a group holds or held.</summary>
    internal int Types { get; init; }

    /// <summary>TCP states, summed over the groups: those that its sockets have or had.</summary>
    internal int GroupStates { get; init; }

    /// <summary>Groups that hold or held a socket whose connection is gone.</summary>
    internal int GroupsWithDeadSockets { get; init; }

    /// <summary>Protocols of sockets, summed over the groups: those that a group holds or held.</summary>
    internal int Protocols { get; init; }

    /// <summary>Likewise states of Unix sockets.</summary>
    internal int UnixStates { get; init; }

    /// <summary>Processes shown one by one.</summary>
    internal int Processes { get; init; }

    /// <summary>TCP states, summed over each shown process and all other processes together: those that their sockets have or had.</summary>
    internal int ProcessStates { get; init; }

    /// <summary>TCP states that sockets without a known owner have or had.</summary>
    internal int UnattributedStates { get; init; }

    /// <summary>TCP states that sockets outside of any process have or had.</summary>
    internal int InodelessStates { get; init; }

    /// <summary>Whether there is a series for the sum of the others.</summary>
    internal bool HasOtherProcesses { get; init; }

    /// <summary>Programs, directions and endpoints with sockets in CLOSE_WAIT, now or recently.</summary>
    internal int Endpoints { get; init; }

    /// <summary>Causes, summed over the endpoints: those that were seen.</summary>
    internal int Causes { get; init; }

    /// <summary>Programs and ports with a listening socket, and programs and paths.</summary>
    internal int Listeners { get; init; }

    /// <summary>The same without those for which the text tables have only the queue.</summary>
    internal int KnownListeners { get; init; }

    /// <summary>Those of them for which the kernel counts drops: not those with only Unix sockets.</summary>
    internal int ListenersWithDrops { get; init; }

    /// <summary>States of connections, summed over programs and addresses: those that were seen.</summary>
    internal int AddressStates { get; init; }

    /// <summary>Numbers of idle connections, likewise.</summary>
    internal int Idle { get; init; }

    /// <summary>Causes of unanswered connections, likewise.</summary>
    internal int Unanswered { get; init; }

    /// <summary>Addresses that use many ephemeral ports.</summary>
    internal int Destinations { get; init; }

    /// <summary>False for a folder of captured files, and where the exporter is in another network namespace.</summary>
    internal bool KnowsPorts { get; init; } = true;

    /// <summary>Programs and mount points with deleted files, now or recently.</summary>
    internal int DeletedFiles { get; init; }

    /// <summary>Those of them whose file system has a known size.</summary>
    internal int DeletedFilesOnDisk { get; init; }

    /// <summary>Users with inotify instances.</summary>
    internal int InotifyUsers { get; init; }

    /// <summary>Those of them whose watches could be read.</summary>
    internal int InotifyUsersWithWatches { get; init; }

    internal int Total => Families().Values.Sum();

    /// <summary>Upper bound for any machine.</summary>
    internal static HostSeries Most(int topProcesses = 20, int maxGroups = 200, int topEndpoints = 50, int topConnections = 50, int maxNamespaces = 100)
    {
        int groups = maxGroups + 1;

        // Those shown, the rest of each program in each direction ([unknown] too), and those that are kept with 0.
        int endpoints = Math.Max(64, 2 * topEndpoints) + topEndpoints + (2 * (groups + 1));

        // Those shown, and the rest of each program in each direction.
        int addresses = topConnections + (2 * (groups + 1));
        return new HostSeries
        {
            Namespaces = maxNamespaces + 2,
            Groups = groups,
            GroupsWithLimit = groups,
            Types = FdTypes * groups,
            GroupStates = TcpStates * groups,
            GroupsWithDeadSockets = groups,
            Protocols = SocketProtocols * groups,
            UnixStates = UnixSocketStates * groups,
            Processes = topProcesses,
            ProcessStates = TcpStates * (topProcesses + 1),
            UnattributedStates = TcpStates,
            InodelessStates = TcpStates,
            HasOtherProcesses = true,
            Endpoints = endpoints,
            Causes = CausesOfAnEndpoint * endpoints,

            // Those shown, and the rest of each program ([unknown] too).
            Listeners = topEndpoints + groups + 1,
            KnownListeners = topEndpoints + groups + 1,
            AddressStates = HeldStates * addresses,
            Idle = IdleNumbers * addresses,
            Unanswered = UnansweredCauses * addresses,
            Destinations = MostDestinations,
            ListenersWithDrops = topEndpoints + groups + 1,

            // Those shown, and the rest of each program, whose file systems have no common size.
            DeletedFiles = topEndpoints + groups,
            DeletedFilesOnDisk = topEndpoints,
            InotifyUsers = topEndpoints + 1,
            InotifyUsersWithWatches = topEndpoints + 1,
        };
    }

    /// <summary>
    /// The number of series by family name, without families that have none. It assumes no web configuration, and that one
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
            ["fd_exporter_folded"] = (Has("tcp") ? 1 : 0) + (Has("process") ? 2 : 0) + (walks ? 1 : 0) + (Has("listeners") ? 1 : 0) + (Has("connections") ? 1 : 0) + (Has("files") ? 2 : 0),
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
            families["fd_group_sockets"] = Protocols;
            families["fd_group_unix_sockets"] = UnixStates;
            families["fd_exporter_unidentified_sockets"] = 1;
            families["fd_process_tcp_sockets"] = ProcessStates;
            families["fd_close_wait_sockets"] = Causes;
            families["fd_close_wait_oldest_seconds"] = Endpoints;
            families["fd_close_wait_aged_sockets"] = Ages * Endpoints;
        }

        if (Has("listeners"))
        {
            families["fd_listener_queued_connections"] = Listeners;
            families["fd_listener_backlog_connections"] = KnownListeners;
            families["fd_listener_drops_total"] = ListenersWithDrops;
        }

        if (Has("connections"))
        {
            families["fd_connections"] = AddressStates;
            families["fd_idle_connections"] = Idle;
            families["fd_unanswered_connections"] = Unanswered;
            families["fd_ephemeral_ports_used"] = Destinations;
            families["fd_ephemeral_ports_max"] = KnowsPorts ? 1 : 0;
        }

        if (Has("files"))
        {
            families["fd_group_deleted_files_bytes"] = DeletedFiles;
            families["fd_group_deleted_files_ratio"] = DeletedFilesOnDisk;
            families["fd_user_inotify_instances"] = InotifyUsers;
            families["fd_user_inotify_watches"] = InotifyUsersWithWatches;
            families["fd_system_inotify_max_user_instances"] = IsKernel ? 1 : 0;
            families["fd_system_inotify_max_user_watches"] = IsKernel ? 1 : 0;
            families["fd_exporter_unread_fds"] = 2;
        }

        return families.Where(static family => family.Value > 0).ToDictionary();
    }

    private bool Has(string collector) => Collectors.Contains(collector);
}
