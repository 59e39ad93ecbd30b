using System.Text.Json.Serialization;
using FdExporter.Grouping;

namespace FdExporter.Documents;

/// <summary>Accept queues by program and address, one page; most waiting connections first.</summary>
/// <param name="Total">Number of matching entries on all pages.</param>
internal sealed record ListenersDocument(
    DateTimeOffset TakenAt,
    int Total,
    int Offset,
    int Limit,
    [property: JsonConverter(typeof(OneRowALine<ListenersDocument.Listener>))] IReadOnlyList<ListenersDocument.Listener> Items)
{
    /// <param name="Queued">Connections that wait to be accepted.</param>
    /// <param name="Backlog">Maximum number of them; null if unknown.</param>
    /// <param name="Drops">Connections dropped since the address is shown; null if unknown.</param>
    internal sealed record Listener(string Group, string Address, long Queued, long? Backlog, long? Drops)
    {
        internal static Listener Of(ListenerGroup group) => new(group.Group, group.Address, group.Queued, group.Backlog, group.Drops);
    }
}
