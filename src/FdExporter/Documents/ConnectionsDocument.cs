using System.Text.Json.Serialization;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Documents;

/// <summary>TCP connections by program and address, one page; most connections first.</summary>
/// <param name="Total">Number of matching entries on all pages.</param>
internal sealed record ConnectionsDocument(
    DateTimeOffset TakenAt,
    int Total,
    int Offset,
    int Limit,
    [property: JsonConverter(typeof(OneRowALine<ConnectionsDocument.Connection>))] IReadOnlyList<ConnectionsDocument.Connection> Items)
{
    /// <param name="TcpSocketsTotal">Of all states.</param>
    /// <param name="Idle">Established ones by the least number of seconds since anything came; null if unknown.</param>
    /// <param name="IdleWithoutKeepalive">Those of them whose peer is not probed.</param>
    /// <param name="Unanswered">By cause.</param>
    /// <param name="GrowthPerHour">Null if not known yet, or not recorded.</param>
    internal sealed record Connection(
        string Group,
        string Direction,
        string Address,
        long TcpSocketsTotal,
        IReadOnlyDictionary<string, long> TcpSockets,
        IReadOnlyDictionary<string, long>? Idle,
        IReadOnlyDictionary<string, long>? IdleWithoutKeepalive,
        IReadOnlyDictionary<string, long> Unanswered,
        double? GrowthPerHour)
    {
        internal static Connection Of(AddressGroup group, HostHistory history) => new(
            group.Group,
            ConnectionDirectionNames.Of(group.Direction),
            group.Address,
            group.States.Total,
            Counts.Of(group.States),
            group.Idle is { } idle ? Counts.Of(idle, isOfAll: true) : null,
            group.Idle is { } unguarded ? Counts.Of(unguarded, isOfAll: false) : null,
            Counts.Of(group.Unanswered),
            Rounded.PerHour(history.GrowthOf(HistoryKey.Connections(group.Group, group.Direction, group.Address))));
    }
}
