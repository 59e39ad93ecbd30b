using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>The descriptors of a process that somebody asked for: one page of them, and all of them by kind.</summary>
/// <param name="Total">How many match, on all pages.</param>
internal sealed record FdList(IReadOnlyList<FdGroup> Groups, IReadOnlyList<FdRow> Rows, int Total, int Offset, int Limit)
{
    /// <summary>What it holds without a descriptor; in no other number here.</summary>
    internal required IReadOnlyList<HeldGroup> Held { get; init; }

    /// <param name="filter">Text that a descriptor must hold; empty for all. What is not shown is not searched.</param>
    internal static FdList Of(ProcessInspection inspection, Details details, string filter, int offset, int limit)
    {
        List<FdRow> page = [];
        int total = 0;
        IReadOnlyList<FdGroup> groups = FdGroup.Of(Matching());
        return new FdList(groups, page, total, offset, limit) { Held = HeldGroup.Of(inspection, details, filter) };

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

                if (total >= offset && page.Count < limit)
                {
                    page.Add(row);
                }

                total++;
                yield return row;
            }
        }
    }
}
