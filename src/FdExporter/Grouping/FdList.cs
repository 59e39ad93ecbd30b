using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>The descriptors of a process that somebody asked for: one page of them, and all of them by kind.</summary>
/// <param name="Total">How many match, on all pages.</param>
internal sealed record FdList(IReadOnlyList<FdGroup> Groups, IReadOnlyList<FdRow> Rows, int Total, int Offset, int Limit)
{
    /// <summary>What it holds without a descriptor; in no other number here.</summary>
    internal required IReadOnlyList<HeldGroup> Held { get; init; }

    /// <param name="mostText">Of the page, in characters: it ends before its limit where there is more, and the limit says where.</param>
    /// <param name="filter">Text that a descriptor must hold; empty for all. What is not shown is not searched.</param>
    internal static FdList Of(ProcessInspection inspection, Details details, string filter, int offset, int limit, int mostText = int.MaxValue)
    {
        List<FdRow> page = [];
        long text = 0;
        bool isFull = false;
        int total = 0;
        IReadOnlyList<FdGroup> groups = FdGroup.Of(Matching());
        return new FdList(groups, page, total, offset, isFull ? page.Count : limit) { Held = HeldGroup.Of(inspection, details, filter) };

        // One row at a time: there may be a hundred thousand.
        IEnumerable<FdRow> Matching()
        {
            foreach (FdSample fd in inspection.Fds)
            {
                FdRow row = FdRow.Of(in fd, details);
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
