using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>The descriptors of a requested process: one page of them, and a summary of all by kind.</summary>
/// <param name="Total">Number of matches on all pages.</param>
internal sealed record FdList(IReadOnlyList<FdGroup> Groups, IReadOnlyList<FdRow> Rows, int Total, int Offset, int Limit)
{
    /// <summary>The row at a position, see <see cref="FdGroup.First"/>.</summary>
    internal required Func<int, FdRow> RowAt { get; init; }

    /// <summary>What the process holds without a descriptor. Not included in any other number here.</summary>
    internal required IReadOnlyList<HeldGroup> Held { get; init; }

    /// <param name="mostText">
    /// Maximum number of characters on the page. A longer page ends before its limit; the returned limit says where.
    /// </param>
    /// <param name="filter">Text that a descriptor must contain; empty for all. Fields that are not shown are not searched.</param>
    internal static FdList Of(ProcessInspection inspection, Details details, string filter, int offset, int limit, int mostText = int.MaxValue)
    {
        List<FdRow> page = [];
        long text = 0;
        bool isFull = false;
        int total = 0;
        IReadOnlyList<FdGroup> groups = FdGroup.Of(Matching());
        return new FdList(groups, page, total, offset, isFull ? page.Count : limit)
        {
            RowAt = position => FdRow.Of(in inspection.Fds.ItemRef(position), details),
            Held = HeldGroup.Of(inspection, details, filter),
        };

        // One row at a time: there may be 100,000.
        IEnumerable<FdRow> Matching()
        {
            for (int i = 0; i < inspection.Fds.Length; i++)
            {
                FdRow row = FdRow.Of(in inspection.Fds.ItemRef(i), details) with { Position = i };
                if (filter.Length > 0 && !row.Holds(filter))
                {
                    continue;
                }

                if (total >= offset && page.Count < limit && !isFull)
                {
                    text += row.Target.Length;
                    isFull = text > mostText && page.Count > 0;
                    if (!isFull)
                    {
                        page.Add(row);
                    }
                }

                total++;
                yield return row;
            }
        }
    }
}
