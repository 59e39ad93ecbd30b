using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Web.Serving;

namespace FdExporter.Web.Pages;

/// <summary>The sockets in CLOSE_WAIT, by program, address and cause.</summary>
internal static class CloseWaitSection
{
    internal const string Id = "close_wait";

    private static readonly SortedTable<CloseWaitRow> s_table = new(Id, "Sockets in CLOSE_WAIT", "sockets",
    [
        Column<CloseWaitRow>.Program(static row => row.Group.Group),
        Column<CloseWaitRow>.Text("direction", "Direction", static row => ConnectionDirectionNames.Of(row.Group.Direction)),
        Column<CloseWaitRow>.Text("address", "Address", static row => row.Group.Address),
        Column<CloseWaitRow>.Text("cause", "Cause", static row => CloseWaitCauseNames.All[(int)row.Cause]),
        Column<CloseWaitRow>.Amount("sockets", "Sockets", static row => row.Sockets),
        Column<CloseWaitRow>.Number("oldest", "Oldest of the address", static row => row.Group.Oldest, static row => HumanText.Duration(row.Group.Oldest)),
        Column<CloseWaitRow>.Growth(static row => row.Trend),
    ]);

    internal static string NarrowStyle => s_table.NarrowStyle;

    /// <param name="none">The text for an empty table.</param>
    internal static void Write(Html html, HostView view, PageQuery query, int most, string none)
        => s_table.Write(
            html,
            [.. CloseWaitRow.Of(view).Where(row => row.Group.Holds(query["q"]))],
            query,
            most,
            view.Host.CloseWait is null ? "Not known: the collector socket_owner failed or is switched off." : none);

    private sealed record CloseWaitRow(CloseWaitGroup Group, CloseWaitCause Cause, long Sockets, Trend Trend)
    {
        internal static IEnumerable<CloseWaitRow> Of(HostView view)
        {
            foreach (CloseWaitGroup group in view.Host.CloseWait ?? [])
            {
                for (int cause = 0; cause < group.Causes.Count; cause++)
                {
                    if (group.Causes[cause] is > 0 and { } sockets)
                    {
                        yield return new CloseWaitRow(
                            group,
                            (CloseWaitCause)cause,
                            sockets,
                            Trend.Of(view.History, HistoryKey.CloseWait(group.Group, group.Direction, group.Address, (CloseWaitCause)cause)));
                    }
                }
            }
        }
    }
}
