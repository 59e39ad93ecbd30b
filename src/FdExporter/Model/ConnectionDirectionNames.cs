namespace FdExporter.Model;

/// <summary>The label values of <c>direction</c>.</summary>
internal static class ConnectionDirectionNames
{
    internal static string Of(ConnectionDirection direction) => direction == ConnectionDirection.Inbound ? "inbound" : "outbound";
}
