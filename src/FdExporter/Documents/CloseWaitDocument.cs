using System.Globalization;
using System.Text.Json.Serialization;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Documents;

/// <summary>Sockets in CLOSE_WAIT by address, one page; most sockets first.</summary>
/// <param name="Total">Number of matching entries on all pages.</param>
internal sealed record CloseWaitDocument(
    DateTimeOffset TakenAt,
    int Total,
    int Offset,
    int Limit,
    [property: JsonConverter(typeof(OneRowALine<CloseWaitDocument.Item>))] IReadOnlyList<CloseWaitDocument.Item> Items)
{
    /// <param name="Causes">Sockets by cause.</param>
    /// <param name="OldestSeconds">Null if all of them have the cause still_sending.</param>
    /// <param name="Aged">Sockets by minimum age in seconds.</param>
    /// <param name="GrowthPerHour">By cause; null if not known yet, or not recorded.</param>
    internal sealed record Item(
        string Group,
        string Direction,
        string Address,
        long Sockets,
        IReadOnlyDictionary<string, long> Causes,
        double? OldestSeconds,
        IReadOnlyDictionary<string, long> Aged,
        IReadOnlyDictionary<string, double?>? GrowthPerHour)
    {
        /// <param name="history">Null for the sockets of one process: their growth is not recorded.</param>
        internal static Item Of(CloseWaitGroup group, HostHistory? history)
        {
            SortedDictionary<string, long> causes = new(StringComparer.Ordinal);
            SortedDictionary<string, double?> growth = new(StringComparer.Ordinal);
            for (int i = 0; i < group.Causes.Count; i++)
            {
                if (group.Causes[i] is { } count)
                {
                    causes.Add(CloseWaitCauseNames.All[i], count);
                    growth.Add(
                        CloseWaitCauseNames.All[i],
                        Rounded.PerHour(history?.GrowthOf(HistoryKey.CloseWait(group.Group, group.Direction, group.Address, (CloseWaitCause)i))));
                }
            }

            Dictionary<string, long> aged = [];
            for (int i = 0; i < CloseWaitAges.Length; i++)
            {
                aged.Add(CloseWaitAges.Thresholds[i].ToString(CultureInfo.InvariantCulture), group.Aged[i]);
            }

            return new Item(
                group.Group,
                ConnectionDirectionNames.Of(group.Direction),
                group.Address,
                group.Total,
                causes,
                group.Total == (group.Causes[(int)CloseWaitCause.StillSending] ?? 0) ? null : Rounded.Seconds(group.Oldest),
                aged,
                history is null ? null : growth);
        }
    }
}
