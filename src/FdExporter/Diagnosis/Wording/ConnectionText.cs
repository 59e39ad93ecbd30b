using FdExporter.Model;

namespace FdExporter.Diagnosis.Wording;

/// <summary>Directions and addresses in sentences.</summary>
internal static class ConnectionText
{
    /// <summary><c>to 10.0.0.7:5432</c>, <c>on its port :9702</c>.</summary>
    internal static string Towards(ConnectionDirection direction, ConnectionAddress? address)
        => (direction, address) switch
        {
            (ConnectionDirection.Outbound, { } peer) => $"to {peer}",
            (ConnectionDirection.Outbound, null) => "to several peers",
            (_, { } port) => $"on its port {port}",
            _ => "on several ports",
        };
}
