using System.Collections.Immutable;

namespace FdExporter.Metrics;

/// <summary>Every metric of ours, once. README's table, the rules and the dashboards are held against it.</summary>
internal static class MetricCatalog
{
    internal static readonly MetricDefinition SystemHandlesAllocated = new(
        "fd_system_handles_allocated", "File handles in use on this machine (/proc/sys/fs/file-nr).");

    internal static readonly MetricDefinition SystemHandlesMax = new(
        "fd_system_handles_max", "File handles this machine can have (fs.file-max).");

    internal static readonly MetricDefinition SystemNrOpen = new(
        "fd_system_nr_open", "Highest open-files limit that a process may be given (fs.nr_open).");

    internal static readonly MetricDefinition SystemHandlesThreshold = new(
        "fd_system_handles_threshold", "File handles of this machine from which on page and verdict report them (--verdict.system-handles).");

    internal static readonly MetricDefinition CloseWaitThreshold = new(
        "fd_close_wait_threshold", "Sockets in CLOSE_WAIT of a program from which on page and verdict report them (--verdict.close-wait).");

    internal static readonly MetricDefinition TcpSockets = new(
        "fd_tcp_sockets", "TCP sockets by network namespace and state.", "netns", "state");

    internal static readonly MetricDefinition GroupProcesses = new(
        "fd_group_processes", "Processes by group (the program's name).", "group");

    internal static readonly MetricDefinition GroupOpenFds = new(
        "fd_group_open_fds", "Open file descriptors by group.", "group");

    internal static readonly MetricDefinition GroupMaxProcessOpenFds = new(
        "fd_group_max_process_open_fds", "Open file descriptors of the group's process that holds most.", "group");

    internal static readonly MetricDefinition GroupMaxProcessFdRatio = new(
        "fd_group_max_process_fd_ratio", "Open file descriptors over soft limit, of the group's process nearest to it; without processes that hold more than a limit that was lowered.", "group");

    internal static readonly MetricDefinition GroupFds = new(
        "fd_group_fds", "Open file descriptors by group and type, as of each process's last walk: at once when their number changes, after 30 s where deleted files were among them, otherwise after 15 min.", "group", "type");

    internal static readonly MetricDefinition GroupTcpSockets = new(
        "fd_group_tcp_sockets", "TCP sockets by owning group and state.", "group", "state");

    internal static readonly MetricDefinition GroupDeadSockets = new(
        "fd_group_dead_sockets", "TCP sockets that the group holds open though their connection is gone: reset (also by the answer to a keepalive probe), timed out, or never made. State CLOSE, in no table of the kernel: ss and netstat do not show them, and they are in no other count of TCP sockets here.", "group");

    internal static readonly MetricDefinition ProcessOpenFds = new(
        "fd_process_open_fds", "Open file descriptors of the top processes, the rest added up in process other.", "group", "process", "pid");

    internal static readonly MetricDefinition ProcessFdsSoftLimit = new(
        "fd_process_fds_soft_limit", "Soft limit of open file descriptors (RLIMIT_NOFILE); unlimited is +Inf.", "group", "process", "pid");

    internal static readonly MetricDefinition ProcessFdsHardLimit = new(
        "fd_process_fds_hard_limit", "Hard limit of open file descriptors (RLIMIT_NOFILE); unlimited is +Inf.", "group", "process", "pid");

    internal static readonly MetricDefinition ProcessStartTime = new(
        "fd_process_start_time_seconds", "When the process started, in seconds since the epoch.", "group", "process", "pid");

    internal static readonly MetricDefinition ProcessTcpSockets = new(
        "fd_process_tcp_sockets", "TCP sockets that the top processes own, the rest added up in process other.", "group", "process", "pid", "state");

    internal static readonly MetricDefinition ProcessInfo = new(
        "fd_process_info", "Who runs the process: user, systemd unit, container (short id), pod (uid).", "group", "process", "pid", "user", "unit", "container_id", "pod_uid");

    internal static readonly MetricDefinition CloseWaitSockets = new(
        "fd_close_wait_sockets",
        "Sockets in CLOSE_WAIT by culprit, direction, address (peer if outbound, local port if inbound) and cause. A cause may be 60 seconds old: still_sending lasts so long after the last answer.",
        "group", "direction", "address", "cause");

    internal static readonly MetricDefinition CloseWaitOldest = new(
        "fd_close_wait_oldest_seconds", "For how long the oldest of them has been stuck, at the least; cause still_sending has no age.", "group", "direction", "address");

    internal static readonly MetricDefinition CloseWaitAged = new(
        "fd_close_wait_aged_sockets", "Sockets stuck in CLOSE_WAIT for at least min_age seconds; cause still_sending has no age.", "group", "direction", "address", "min_age");

    internal static readonly MetricDefinition ExporterUnattributedSockets = new(
        "fd_exporter_unattributed_sockets", "TCP sockets that some process holds and no visible one is known to.", "state");

    internal static readonly MetricDefinition ExporterInodelessSockets = new(
        "fd_exporter_inodeless_sockets", "TCP sockets that no process can hold: TIME_WAIT, orphans, not yet accepted.", "state");

    internal static readonly MetricDefinition ExporterUnwalkedProcesses = new(
        "fd_exporter_unwalked_processes", "Processes whose descriptors changed and that time did not suffice to look into; the next scan goes on there.");

    internal static readonly MetricDefinition ExporterWalkedFds = new(
        "fd_exporter_walked_fds_total", "Descriptors that scans looked at one by one.");

    internal static readonly MetricDefinition ExporterCollectorSuccess = new(
        "fd_exporter_collector_success", "Whether the collector succeeded.", "collector");

    internal static readonly MetricDefinition ExporterCollectorDuration = new(
        "fd_exporter_collector_duration_seconds", "How long the collector took.", "collector");

    internal static readonly MetricDefinition ExporterProcesses = new(
        "fd_exporter_processes", "Processes by how much the exporter may see of them: full (zombies too), count_only, none.", "visibility");

    internal static readonly MetricDefinition ExporterViewPartial = new(
        "fd_exporter_view_partial",
        "Whether the exporter sees only a part of this machine's processes, by reason: pid_namespace (only those of a container or guest), hidden_processes (hidepid, or descriptors that it may not count).",
        "reason");

    internal static readonly MetricDefinition ExporterHungProcesses = new(
        "fd_exporter_hung_processes", "Processes that the kernel does not answer about, or is not asked about because of others that hang; what is not known of them is left out.");

    internal static readonly MetricDefinition ExporterUnreadNamespaces = new(
        "fd_exporter_unread_namespaces", "Network namespaces that are known and could not be read, or that time did not suffice for: their TCP sockets are in no number.");

    internal static readonly MetricDefinition ExporterOldestNamespaceReading = new(
        "fd_exporter_oldest_namespace_reading_seconds",
        "How old the oldest numbers of a network namespace are: of many in which something happens, each scan reads some. 0: all were read in this scan, or nothing has happened since they were.");

    internal static readonly MetricDefinition ExporterUnlistedSockets = new(
        "fd_exporter_unlisted_sockets",
        "TCP sockets of the machine that are in no table that was read: not connected, or in a network namespace that cannot be found or read.");

    internal static readonly MetricDefinition ExporterUncheckedThreadTables = new(
        "fd_exporter_unchecked_thread_tables", "Processes with several threads of which one may hold descriptors in a table of its own that is not known.");

    internal static readonly MetricDefinition ExporterFolded = new(
        "fd_exporter_folded", "Label sets that were added up in other, by family of metrics.", "family");

    internal static readonly MetricDefinition ExporterSourceInfo = new(
        "fd_exporter_source_info", "Where the numbers come from: tcp is sock_diag or procfs, fd_count is stat or readdir.", "tcp", "fd_count");

    internal static readonly MetricDefinition ExporterWebInfo = new(
        "fd_exporter_web_info", "Where a browser reaches the exporter.", "external_url");

    internal static readonly MetricDefinition ExporterBuildInfo = new(
        "fd_exporter_build_info", "Version, revision and runtime of the exporter.", "version", "revision", "runtime");

    internal static readonly MetricDefinition ExporterScrapes = new(
        "fd_exporter_scrapes_total", "Scrapes answered with metrics.");

    internal static readonly MetricDefinition ExporterScans = new(
        "fd_exporter_scans_total", "Readings of the machine; scrapes at the same time share one.");

    internal static readonly MetricDefinition ExporterScrapesRefused = new(
        "fd_exporter_scrapes_refused_total", "Scrapes answered with an error, by reason: busy, timeout, bad_request.", "reason");

    internal static readonly MetricDefinition ExporterVanishedProcesses = new(
        "fd_exporter_vanished_processes_total", "Processes that exited while they were read; they are in no other number.");

    internal static readonly MetricDefinition ExporterMalformedProcesses = new(
        "fd_exporter_malformed_processes_total", "Processes whose stat file could not be understood, once per scan.");

    internal static readonly MetricDefinition ExporterReloadSuccessful = new(
        "fd_exporter_config_last_reload_successful", "Whether the rules were usable when they were last read; if not, the ones before them are in use.");

    internal static readonly MetricDefinition ExporterReloadTime = new(
        "fd_exporter_config_last_reload_success_timestamp_seconds", "When the rules in use were read, in seconds since the epoch.");

    internal static readonly MetricDefinition ExporterEvidence = new(
        "fd_exporter_evidence_files_total", "Files of evidence written.");

    internal static readonly MetricDefinition ExporterEvidenceFailures = new(
        "fd_exporter_evidence_failures_total", "Attempts to write evidence that failed; the log says why.");

    internal static readonly MetricDefinition ExporterEvidenceLeftOut = new(
        "fd_exporter_evidence_left_out_total",
        "Crossings that were not written down, or not yet: all files were more important (no_room), or program, user or place had their share (share).",
        "reason");

    internal static readonly MetricDefinition ExporterHandlesRefused = new(
        "fd_exporter_handles_refused_total",
        "Times that the kernel had no file handle left for the exporter, by its own limit or the machine's (system).",
        "limit");

    internal static readonly MetricDefinition ExporterLogLinesDropped = new(
        "fd_exporter_log_lines_dropped_total", "Log lines that were not written, since nobody read those before them or the disk was full.");

    internal static readonly MetricDefinition ExporterAnswersRefused = new(
        "fd_exporter_answers_refused_total", "Requests answered with 503, since the answers on their way had all the memory that they may have.");

    internal static readonly MetricDefinition ExporterConnectionsClosed = new(
        "fd_exporter_connections_closed_total", "Connections closed since there were as many as there may be, by reason: refused (the newest), idle, busy (of a client with more than others).", "reason");

    internal static readonly MetricDefinition WebReloadSuccessful = new(
        "fd_exporter_web_config_last_reload_successful", "Whether the web configuration was usable when its files last changed; if not, the one before is in use.");

    internal static readonly MetricDefinition WebReloadTime = new(
        "fd_exporter_web_config_last_reload_success_timestamp_seconds", "When the web configuration in use was read, in seconds since the epoch.");

    internal static readonly MetricDefinition WebCertificateNotAfter = new(
        "fd_exporter_web_certificate_not_after_timestamp_seconds", "When the certificate in use expires, in seconds since the epoch.");

    internal static readonly MetricDefinition WebDenied = new(
        "fd_exporter_web_requests_denied_total", "Requests turned away before their endpoint, by reason: unauthorized, passwords_busy, rate_limited.", "reason");

    internal static readonly MetricDefinition WebTlsFailures = new(
        "fd_exporter_web_tls_handshake_failures_total",
        "Clients that did not get through the TLS handshake, by reason: no_hello (no TLS at all), plain_http, protocol, no_certificate, untrusted_certificate, certificate_not_allowed, handshake.",
        "reason");

    internal static readonly MetricDefinition HttpRequests = new(
        "http_requests_received_total", "HTTP requests answered, by handler (the route) and class of status code.", "code", "handler");

    internal static readonly MetricDefinition OwnCpuSeconds = new(
        "process_cpu_seconds_total", "CPU time that the exporter itself used, in seconds.");

    internal static readonly MetricDefinition OwnResidentMemory = new(
        "process_resident_memory_bytes", "Resident memory of the exporter itself, in bytes.");

    internal static readonly MetricDefinition OwnStartTime = new(
        "process_start_time_seconds", "When the exporter itself started, in seconds since the epoch.");

    internal static readonly MetricDefinition OwnOpenFds = new(
        "process_open_fds", "Open file descriptors of the exporter itself.");

    internal static readonly MetricDefinition OwnMaxFds = new(
        "process_max_fds", "Soft limit of open file descriptors of the exporter itself.");

    internal static ImmutableArray<MetricDefinition> All { get; } =
    [
        SystemHandlesAllocated, SystemHandlesMax, SystemNrOpen, SystemHandlesThreshold, CloseWaitThreshold,
        TcpSockets,
        GroupProcesses, GroupOpenFds, GroupMaxProcessOpenFds, GroupMaxProcessFdRatio, GroupFds, GroupTcpSockets, GroupDeadSockets,
        ProcessOpenFds, ProcessFdsSoftLimit, ProcessFdsHardLimit, ProcessStartTime, ProcessTcpSockets, ProcessInfo,
        CloseWaitSockets, CloseWaitOldest, CloseWaitAged,
        ExporterUnattributedSockets, ExporterInodelessSockets, ExporterUnwalkedProcesses,
        ExporterCollectorSuccess, ExporterCollectorDuration, ExporterProcesses, ExporterUncheckedThreadTables, ExporterViewPartial, ExporterHungProcesses, ExporterUnreadNamespaces, ExporterOldestNamespaceReading, ExporterUnlistedSockets, ExporterFolded, ExporterSourceInfo,
        ExporterBuildInfo, ExporterWebInfo, ExporterScrapes, ExporterScans, ExporterWalkedFds, ExporterScrapesRefused, ExporterVanishedProcesses, ExporterMalformedProcesses,
        ExporterReloadSuccessful, ExporterReloadTime, ExporterEvidence, ExporterEvidenceFailures, ExporterEvidenceLeftOut,
        ExporterHandlesRefused, ExporterLogLinesDropped, ExporterAnswersRefused, ExporterConnectionsClosed,
        WebReloadSuccessful, WebReloadTime, WebCertificateNotAfter, WebDenied, WebTlsFailures,
        HttpRequests, OwnCpuSeconds, OwnResidentMemory, OwnStartTime, OwnOpenFds, OwnMaxFds,
    ];
}
