namespace FdExporter.Model;

/// <summary>Connections that one process may be waiting for, by direction and address.</summary>
/// <param name="Address">The peer's if outbound, the local port if inbound.</param>
/// <param name="Open">ESTABLISHED, or not answered yet (SYN_SENT).</param>
/// <param name="HalfClosed">In FIN_WAIT2: the process has closed its side, the peer has not.</param>
internal readonly record struct PeerConnections(ConnectionDirection Direction, ConnectionAddress Address, int Open, int HalfClosed);
