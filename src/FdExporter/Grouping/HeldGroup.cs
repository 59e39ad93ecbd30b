using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>Similar files that a process holds without a descriptor.</summary>
/// <param name="By">See <see cref="HolderKindNames"/>.</param>
/// <param name="Type">The label value of <c>fd_group_fds</c>; empty if unknown.</param>
internal sealed record HeldGroup(string By, string Type, string What, long Count, TimeSpan? Oldest)
{
    private const string Unreceived = "not received yet; the kernel does not report what";

    /// <param name="filter">Text that each must contain; empty for all.</param>
    internal static IReadOnlyList<HeldGroup> Of(ProcessInspection inspection, Details details, string filter)
    {
        List<HeldGroup> groups = [.. FdGroup.Of(Registered()).Select(static group
            => new HeldGroup(HolderKindNames.All[(int)HolderKind.IoUring], group.Type, group.What, group.Count, group.Oldest))];
        long inFlight = 0;
        foreach (HeldSample held in inspection.Held)
        {
            inFlight += held.By == HolderKind.InFlight ? held.Count : 0;
        }

        string by = HolderKindNames.All[(int)HolderKind.InFlight];
        if (inFlight > 0 && (Holds(Unreceived) || Holds(by)))
        {
            groups.Add(new HeldGroup(by, "", Unreceived, inFlight, null));
        }

        return groups;

        bool Holds(string text) => text.Contains(filter, StringComparison.OrdinalIgnoreCase);

        IEnumerable<FdRow> Registered()
        {
            foreach (HeldSample held in inspection.Held)
            {
                if (held.File is { } file && FdRow.Of(in file, details) is var row && (filter.Length == 0 || row.Holds(filter)))
                {
                    yield return row;
                }
            }
        }
    }
}
