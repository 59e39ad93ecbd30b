namespace FdExporter.Metrics;

internal static partial class MetricCatalog
{
    internal static readonly MetricDefinition CloseWaitSockets = new(
        "fd_close_wait_sockets",
        "Sockets in CLOSE_WAIT by group, direction, address (peer if outbound, local port if inbound) and cause. The cause still_sending lasts for 60 seconds after the last answer.",
        "group", "direction", "address", "cause");

    internal static readonly MetricDefinition CloseWaitOldest = new(
        "fd_close_wait_oldest_seconds", "Minimum time since the oldest of these sockets entered CLOSE_WAIT, in seconds. Sockets with cause still_sending have no age.", "group", "direction", "address");

    internal static readonly MetricDefinition CloseWaitAged = new(
        "fd_close_wait_aged_sockets", "Sockets in CLOSE_WAIT for at least min_age seconds. Sockets with cause still_sending have no age.", "group", "direction", "address", "min_age");

    internal static readonly MetricDefinition Connections = new(
        "fd_connections", "TCP connections by group, direction, address and state.", "group", "direction", "address", "state");

    internal static readonly MetricDefinition IdleConnections = new(
        "fd_idle_connections", "Established connections from which nothing has come for at least min_idle seconds, as of a reading in the last minutes.", "group", "direction", "address", "min_idle", "keepalive");

    internal static readonly MetricDefinition UnansweredConnections = new(
        "fd_unanswered_connections", "TCP connections that have made no progress for at least ten seconds, by cause.", "group", "direction", "address", "cause");

    internal static readonly MetricDefinition EphemeralPortsUsed = new(
        "fd_ephemeral_ports_used", "Local ports of connections from the host to one address, TIME_WAIT included, for the addresses that use a tenth of all or more.", "address");

    internal static readonly MetricDefinition EphemeralPortsMax = new(
        "fd_ephemeral_ports_max", "Number of local ports for connections from the host to one address (ip_local_port_range).");

    internal static readonly MetricDefinition ListenerQueued = new(
        "fd_listener_queued_connections", "Connections that wait to be accepted, by group and listening port or Unix socket.", "group", "address");

    internal static readonly MetricDefinition ListenerBacklog = new(
        "fd_listener_backlog_connections", "Maximum number of connections that can wait to be accepted, by group and listening port or Unix socket.", "group", "address");

    internal static readonly MetricDefinition ListenerDrops = new(
        "fd_listener_drops_total", "Connections dropped because the accept queue was full, by group and listening port. The kernel counts stray resets too.", "group", "address");
}
