namespace FdExporter.Model;

/// <summary>Who opened a connection; a label value.</summary>
internal enum ConnectionDirection : byte
{
    /// <summary>The program dialled; the address is its peer's.</summary>
    Outbound,

    /// <summary>The peer dialled; the address is the local port, since each client has a port of its own.</summary>
    Inbound,
}

/// <summary>The label values of <c>direction</c>.</summary>
internal static class ConnectionDirectionNames
{
    internal static string Of(ConnectionDirection direction) => direction == ConnectionDirection.Inbound ? "inbound" : "outbound";
}
