using System.Globalization;
using FdExporter.Diagnosis;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Web.Api;

/// <summary>One page of the addresses towards which sockets are in CLOSE_WAIT, most sockets first.</summary>
/// <param name="Total">How many match, on all pages.</param>
internal sealed record CloseWaitDocument(DateTimeOffset TakenAt, int Total, int Offset, int Limit, IReadOnlyList<CloseWaitDocument.Item> Items)
{
    /// <param name="Causes">Sockets by cause.</param>
    /// <param name="Aged">Sockets by the least age in seconds.</param>
    /// <param name="GrowthPerHour">By cause; null where it is too early to tell.</param>
    internal sealed record Item(
        string Group,
        string Direction,
        string Address,
        long Sockets,
        IReadOnlyDictionary<string, long> Causes,
        double OldestSeconds,
        IReadOnlyDictionary<string, long> Aged,
        IReadOnlyDictionary<string, double?> GrowthPerHour)
    {
        internal static Item Of(CloseWaitGroup group, HostHistory history)
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
                        history.GrowthOf(HistoryKey.CloseWait(group.Group, group.Direction, group.Address, (CloseWaitCause)i))?.PerHour);
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
                group.Oldest.TotalSeconds,
                aged,
                growth);
        }
    }
}
