namespace FdExporter.Runbooks;

/// <summary>The runbook that belongs to a finding: the one of the alert about the same problem.</summary>
internal static class FindingRunbook
{
    /// <param name="rule">The rule of the finding.</param>
    /// <returns>The name of a page; null if there is none.</returns>
    internal static string? NameOf(string rule) => rule switch
    {
        "system_handles_exhausted" => "FdSystemHandlesExhausted",
        "system_handles_near_max" => "FdSystemHandlesNearMax",
        "system_handles_max_predicted" => "FdSystemExhaustionPredicted",
        "system_handles_high" or "handles_outside_descriptors" => "FdSystemHandlesHigh",
        "close_wait_not_accepted" => "FdNotAccepted",
        "unix_sockets_peer_closed" => "FdUnixPeerClosedGrowing",
        "listener_queue_full" or "listener_queue_waiting" => "FdListenerQueueFull",
        "connections_unanswered" => "FdConnectionsUnanswered",
        "ephemeral_ports_near_limit" => "FdEphemeralPortsNearLimit",
        "idle_connections" => "FdIdleConnectionsGrowing",
        "process_at_limit" => "FdProcessAtLimit",
        "process_near_limit" => "FdProcessNearLimit",
        "process_limit_predicted" => "FdProcessExhaustionPredicted",
        "fds_climbing" => "FdTypeClimbing",
        "process_climbing" or "sockets_in_no_table" => "FdMayLeak",
        "processes_multiply" or "unreaped_children" => "FdProcessesMultiply",
        "deleted_files" => "FdDeletedFiles",
        "collector_failed" => "FdExporterCollectorFailing",
        "exporter_at_limit" => "FdExporterOutOfHandles",
        "processes_hang" => "FdExporterProcessesHang",
        "blind" or "unchecked_thread_tables" or "namespaces_unread" or "unwalked" => "FdExporterBlind",
        _ when rule.StartsWith("close_wait_", StringComparison.Ordinal) => "FdCloseWaitGrowing",
        _ when rule.StartsWith("inotify_", StringComparison.Ordinal) => "FdInotifyNearLimit",
        _ => null,
    };
}
