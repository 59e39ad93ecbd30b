namespace FdExporter.Grouping;

/// <summary>The accept queues of one program on one port.</summary>
/// <param name="Address">As shown: <c>:9702</c>, or <c>other</c>.</param>
/// <param name="Queued">Connections that wait to be accepted.</param>
/// <param name="Backlog">Maximum number of such connections; null if unknown.</param>
/// <param name="Drops">Dropped connections, counted while the program and port are shown; null if unknown.</param>
internal sealed record ListenerGroup(string Group, string Address, long Queued, long? Backlog, long? Drops)
{
    /// <summary>Whether the program or the address contains this text.</summary>
    internal bool Holds(string text)
        => Group.Contains(text, StringComparison.OrdinalIgnoreCase) || Address.Contains(text, StringComparison.OrdinalIgnoreCase);
}
