namespace FdExporter.Model;

/// <summary>Who opened a connection; a label value.</summary>
internal enum ConnectionDirection : byte
{
    /// <summary>The program connected; the address is the peer's.</summary>
    Outbound,

    /// <summary>The peer connected; the address is the local port, since each client has its own port.</summary>
    Inbound,
}

/// <summary>The label values of <c>direction</c>.</summary>
internal static class ConnectionDirectionNames
{
    internal static string Of(ConnectionDirection direction) => direction == ConnectionDirection.Inbound ? "inbound" : "outbound";
}
