namespace FdExporter.Model;

/// <summary>Who opened the connection.</summary>
internal enum CloseWaitDirection
{
    /// <summary>The program; the endpoint is its peer.</summary>
    Outbound,

    /// <summary>The peer: the local port is a listener's, and is the endpoint, since each client has a port of its own.</summary>
    Inbound,
}
