using System.Collections.Immutable;

namespace FdExporter.Metrics;

/// <summary>Every metric of the exporter, once. Tests compare the documentation, the rules and the dashboards with it.</summary>
internal static partial class MetricCatalog
{
    internal static readonly MetricDefinition SystemHandlesAllocated = new(
        "fd_system_handles_allocated", "File handles in use on this machine (/proc/sys/fs/file-nr).");

    internal static readonly MetricDefinition SystemHandlesMax = new(
        "fd_system_handles_max", "Maximum number of file handles of this machine (fs.file-max).");

    internal static readonly MetricDefinition SystemNrOpen = new(
        "fd_system_nr_open", "Highest limit of open files that can be set for a process (fs.nr_open).");

    internal static readonly MetricDefinition SystemHandlesThreshold = new(
        "fd_system_handles_threshold", "Number of file handles of this machine at which the verdict reports them (--verdict.system-handles).");

    internal static readonly MetricDefinition CloseWaitThreshold = new(
        "fd_close_wait_threshold", "Number of sockets in CLOSE_WAIT of a program at which the verdict reports them (--verdict.close-wait).");

    internal static readonly MetricDefinition TcpSockets = new(
        "fd_tcp_sockets", "TCP sockets by network namespace and state.", "netns", "state");

    internal static readonly MetricDefinition GroupProcesses = new(
        "fd_group_processes", "Processes by group (the program's name).", "group");

    internal static readonly MetricDefinition GroupOpenFds = new(
        "fd_group_open_fds", "Open file descriptors by group.", "group");

    internal static readonly MetricDefinition GroupMaxProcessOpenFds = new(
        "fd_group_max_process_open_fds", "Open file descriptors of the process of the group with the most.", "group");

    internal static readonly MetricDefinition GroupMaxProcessFdRatio = new(
        "fd_group_max_process_fd_ratio", "Open file descriptors over the soft limit, of the process of the group closest to its limit. Processes above a lowered limit are left out.", "group");

    internal static readonly MetricDefinition GroupFds = new(
        "fd_group_fds", "Open file descriptors by group and type. Types are read when the number of descriptors changes, every 30 seconds if there are deleted files, and otherwise every 15 minutes.", "group", "type");

    internal static readonly MetricDefinition GroupTcpSockets = new(
        "fd_group_tcp_sockets", "TCP sockets by owning group and state.", "group", "state");

    internal static readonly MetricDefinition GroupDeadSockets = new(
        "fd_group_dead_sockets", "TCP sockets that are still open although their connection is gone: reset, timed out, or never established (state CLOSE). ss and netstat do not show them. They are not in fd_group_tcp_sockets.", "group");

    internal static readonly MetricDefinition GroupSockets = new(
        "fd_group_sockets", "Sockets by owning group and protocol, each once: one that several processes hold counts for its owner. Dead TCP sockets are included.", "group", "protocol");

    internal static readonly MetricDefinition GroupUnixSockets = new(
        "fd_group_unix_sockets", "Unix sockets by owning group and state. peer_closed: the other side has closed the connection, the group has not.", "group", "state");

    internal static readonly MetricDefinition ProcessOpenFds = new(
        "fd_process_open_fds", "Open file descriptors of the top processes. The rest is added up in process other.", "group", "process", "pid");

    internal static readonly MetricDefinition ProcessFdsSoftLimit = new(
        "fd_process_fds_soft_limit", "Soft limit of open file descriptors (RLIMIT_NOFILE); unlimited is +Inf.", "group", "process", "pid");

    internal static readonly MetricDefinition ProcessFdsHardLimit = new(
        "fd_process_fds_hard_limit", "Hard limit of open file descriptors (RLIMIT_NOFILE); unlimited is +Inf.", "group", "process", "pid");

    internal static readonly MetricDefinition ProcessStartTime = new(
        "fd_process_start_time_seconds", "Start time of the process, in seconds since the epoch.", "group", "process", "pid");

    internal static readonly MetricDefinition ProcessTcpSockets = new(
        "fd_process_tcp_sockets", "TCP sockets owned by the top processes. The rest is added up in process other.", "group", "process", "pid", "state");

    internal static readonly MetricDefinition ProcessInfo = new(
        "fd_process_info", "User, systemd unit, container (short id) and pod (uid) of the process, and the names of pod and container on a Kubernetes node.",
        "group", "process", "pid", "user", "unit", "container_id", "pod_uid", "pod_namespace", "pod_name", "container_name");

    internal static readonly MetricDefinition ExporterUnattributedSockets = new(
        "fd_exporter_unattributed_sockets", "TCP sockets with an inode and without a known owner.", "state");

    internal static readonly MetricDefinition ExporterUnidentifiedSockets = new(
        "fd_exporter_unidentified_sockets", "Sockets of processes whose protocol is not known yet. They are not in fd_group_sockets.");

    internal static readonly MetricDefinition ExporterInodelessSockets = new(
        "fd_exporter_inodeless_sockets", "TCP sockets that no descriptor can refer to: TIME_WAIT, orphans, not yet accepted.", "state");

    internal static readonly MetricDefinition ExporterUnwalkedProcesses = new(
        "fd_exporter_unwalked_processes", "Processes whose descriptors changed and were not read before the time ran out. The next scan continues there.");

    internal static readonly MetricDefinition ExporterWalkedFds = new(
        "fd_exporter_walked_fds_total", "Descriptors read one by one.");

    internal static readonly MetricDefinition ExporterCollectorSuccess = new(
        "fd_exporter_collector_success", "Whether the collector succeeded.", "collector");

    internal static readonly MetricDefinition ExporterCollectorDuration = new(
        "fd_exporter_collector_duration_seconds", "Duration of the collector, in seconds.", "collector");

    internal static readonly MetricDefinition ExporterProcesses = new(
        "fd_exporter_processes", "Processes by what the exporter has access to: full (includes zombies), count_only, none.", "visibility");

    internal static readonly MetricDefinition ExporterViewPartial = new(
        "fd_exporter_view_partial",
        "Whether the exporter sees only a part of this machine's processes, by reason: pid_namespace (only those of a container), hidden_processes (hidepid, or descriptors cannot be counted).",
        "reason");

    internal static readonly MetricDefinition ExporterHungProcesses = new(
        "fd_exporter_hung_processes", "Processes that could not be read because they, or others, hang in the kernel. Unknown values are left out.");

    internal static readonly MetricDefinition ExporterUnreadNamespaces = new(
        "fd_exporter_unread_namespaces", "Network namespaces that could not be read, or not before the time ran out. Their TCP sockets are in no count.");

    internal static readonly MetricDefinition ExporterOldestNamespaceReading = new(
        "fd_exporter_oldest_namespace_reading_seconds",
        "Age of the oldest reading of a network namespace, in seconds. Of many active namespaces each scan reads some. 0 if all readings are current.");

    internal static readonly MetricDefinition ExporterUnlistedSockets = new(
        "fd_exporter_unlisted_sockets",
        "TCP sockets of the machine that are in none of the tables read: not connected, or in a network namespace that was not found or not read.");

    internal static readonly MetricDefinition ExporterUncheckedThreadTables = new(
        "fd_exporter_unchecked_thread_tables", "Processes with threads that may have unknown descriptor tables of their own.");

    internal static readonly MetricDefinition ExporterFolded = new(
        "fd_exporter_folded", "Number of label sets added up in other, by metric family.", "family");

    internal static readonly MetricDefinition ExporterSourceInfo = new(
        "fd_exporter_source_info", "Sources in use: tcp is sock_diag or procfs, fd_count is stat or readdir.", "tcp", "fd_count");

    internal static readonly MetricDefinition ExporterWebInfo = new(
        "fd_exporter_web_info", "Address of the exporter for a browser.", "external_url");

    internal static readonly MetricDefinition ExporterBuildInfo = new(
        "fd_exporter_build_info", "Version, revision and runtime of the exporter.", "version", "revision", "runtime");

    internal static readonly MetricDefinition ExporterScrapes = new(
        "fd_exporter_scrapes_total", "Scrapes answered with metrics.");

    internal static readonly MetricDefinition ExporterScans = new(
        "fd_exporter_scans_total", "Scans of the machine. Concurrent requests share one.");

    internal static readonly MetricDefinition ExporterScrapesRefused = new(
        "fd_exporter_scrapes_refused_total", "Scrapes answered with an error, by reason: busy, timeout, bad_request.", "reason");

    internal static readonly MetricDefinition ExporterVanishedProcesses = new(
        "fd_exporter_vanished_processes_total", "Processes that exited while they were read. They are in no other count.");

    internal static readonly MetricDefinition ExporterMalformedProcesses = new(
        "fd_exporter_malformed_processes_total", "Processes whose stat file could not be parsed, counted once per scan.");

    internal static readonly MetricDefinition ExporterReloadSuccessful = new(
        "fd_exporter_config_last_reload_successful", "Whether the last reload of the rule file succeeded. If not, the previous rules are in use.");

    internal static readonly MetricDefinition ExporterReloadTime = new(
        "fd_exporter_config_last_reload_success_timestamp_seconds", "Time of the last successful reload of the rule file, in seconds since the epoch.");

    internal static readonly MetricDefinition ExporterEvidence = new(
        "fd_exporter_evidence_files_total", "Evidence files written.");

    internal static readonly MetricDefinition ExporterEvidenceFailures = new(
        "fd_exporter_evidence_failures_total", "Failed attempts to write evidence. The log has the reason.");

    internal static readonly MetricDefinition ExporterEvidenceLeftOut = new(
        "fd_exporter_evidence_left_out_total",
        "Crossed thresholds for which no evidence was written, or not yet, by reason: no_room (all existing files are more important), share (the program, user or address has its share of files).",
        "reason");

    internal static readonly MetricDefinition ExporterHandlesRefused = new(
        "fd_exporter_handles_refused_total",
        "Number of times that the kernel refused a file handle to the exporter, by limit: own, system (the machine has none left).",
        "limit");

    internal static readonly MetricDefinition ExporterLogLinesDropped = new(
        "fd_exporter_log_lines_dropped_total", "Log lines dropped because the log was blocked or the disk was full.");

    internal static readonly MetricDefinition ExporterAnswersRefused = new(
        "fd_exporter_answers_refused_total", "Requests answered with 503 because the answers being sent use all memory reserved for answers.");

    internal static readonly MetricDefinition ExporterConnectionsClosed = new(
        "fd_exporter_connections_closed_total", "Connections closed because the maximum number was reached, by reason: refused (the new one), idle, busy (of the client with the most).", "reason");

    internal static readonly MetricDefinition WebReloadSuccessful = new(
        "fd_exporter_web_config_last_reload_successful", "Whether the last reload of the web configuration succeeded. If not, the previous configuration is in use.");

    internal static readonly MetricDefinition WebReloadTime = new(
        "fd_exporter_web_config_last_reload_success_timestamp_seconds", "Time of the last successful reload of the web configuration, in seconds since the epoch.");

    internal static readonly MetricDefinition WebCertificateNotAfter = new(
        "fd_exporter_web_certificate_not_after_timestamp_seconds", "Expiry time of the certificate in use, in seconds since the epoch.");

    internal static readonly MetricDefinition WebDenied = new(
        "fd_exporter_web_requests_denied_total", "Requests denied before they reached their endpoint, by reason: unauthorized, passwords_busy (too many passwords being checked), rate_limited.", "reason");

    internal static readonly MetricDefinition WebTlsFailures = new(
        "fd_exporter_web_tls_handshake_failures_total",
        "Failed TLS handshakes, by reason: no_hello (no TLS at all), plain_http, protocol, no_certificate, untrusted_certificate, certificate_not_allowed, handshake.",
        "reason");

    internal static readonly MetricDefinition HttpRequests = new(
        "http_requests_received_total", "HTTP requests answered, by handler (the route) and class of status code.", "code", "handler");

    internal static readonly MetricDefinition OwnCpuSeconds = new(
        "process_cpu_seconds_total", "CPU time used by the exporter itself, in seconds.");

    internal static readonly MetricDefinition OwnResidentMemory = new(
        "process_resident_memory_bytes", "Resident memory of the exporter itself, in bytes.");

    internal static readonly MetricDefinition OwnStartTime = new(
        "process_start_time_seconds", "Start time of the exporter itself, in seconds since the epoch.");

    internal static readonly MetricDefinition OwnOpenFds = new(
        "process_open_fds", "Open file descriptors of the exporter itself.");

    internal static readonly MetricDefinition OwnMaxFds = new(
        "process_max_fds", "Soft limit of open file descriptors of the exporter itself.");

    internal static ImmutableArray<MetricDefinition> All =>
    [
        SystemHandlesAllocated, SystemHandlesMax, SystemNrOpen, SystemHandlesThreshold, CloseWaitThreshold,
        TcpSockets,
        GroupProcesses, GroupOpenFds, GroupMaxProcessOpenFds, GroupMaxProcessFdRatio, GroupFds, GroupTcpSockets, GroupDeadSockets, GroupSockets, GroupUnixSockets,
        ProcessOpenFds, ProcessFdsSoftLimit, ProcessFdsHardLimit, ProcessStartTime, ProcessTcpSockets, ProcessInfo,
        CloseWaitSockets, CloseWaitOldest, CloseWaitAged,
        Connections, IdleConnections, UnansweredConnections, EphemeralPortsUsed, EphemeralPortsMax,
        ListenerQueued, ListenerBacklog, ListenerDrops,
        GroupDeletedFilesBytes, GroupDeletedFilesRatio, UserInotifyInstances, UserInotifyWatches, SystemInotifyMaxUserInstances, SystemInotifyMaxUserWatches,
        ExporterUnattributedSockets, ExporterInodelessSockets, ExporterUnidentifiedSockets, ExporterUnwalkedProcesses, ExporterUnreadFds,
        ExporterCollectorSuccess, ExporterCollectorDuration, ExporterProcesses, ExporterUncheckedThreadTables, ExporterViewPartial, ExporterHungProcesses, ExporterUnreadNamespaces, ExporterOldestNamespaceReading, ExporterUnlistedSockets, ExporterFolded, ExporterSourceInfo,
        ExporterBuildInfo, ExporterWebInfo, ExporterScrapes, ExporterScans, ExporterWalkedFds, ExporterScrapesRefused, ExporterVanishedProcesses, ExporterMalformedProcesses,
        ExporterReloadSuccessful, ExporterReloadTime, ExporterEvidence, ExporterEvidenceFailures, ExporterEvidenceLeftOut,
        ExporterHandlesRefused, ExporterLogLinesDropped, ExporterAnswersRefused, ExporterConnectionsClosed,
        WebReloadSuccessful, WebReloadTime, WebCertificateNotAfter, WebDenied, WebTlsFailures,
        HttpRequests, OwnCpuSeconds, OwnResidentMemory, OwnStartTime, OwnOpenFds, OwnMaxFds,
    ];
}
