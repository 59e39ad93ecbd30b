using System.Globalization;
using FdExporter.Diagnosis.Wording;
using FdExporter.Grouping;

namespace FdExporter.Web.Pages;

/// <summary>The descriptors of a process: similar ones together, each group with its first ones on request, and one by one.</summary>
internal static class DescriptorsSection
{
    internal const string KindsId = "kinds";
    internal const string HeldId = "held";
    internal const string FdsId = "fds";

    /// <summary>Descriptors on one page; links lead to the others.</summary>
    internal const int PageLength = 500;

    private static readonly SortedTable<KindRow> s_kinds = new(KindsId, "By kind", "count",
    [
        Column<KindRow>.Text("type", "Type", static row => row.Group.Type),
        new Column<KindRow>("what", "What", false, static row => row.Group.What, WriteKind),
        Column<KindRow>.Amount("count", "Descriptors", static row => row.Group.Count),
        Column<KindRow>.Number("oldest", "Oldest in CLOSE_WAIT", static row => row.Group.Oldest, static row => row.Group.Oldest is { } oldest ? HumanText.Duration(oldest) : ""),
    ])
    {
        Detail = static row => row.Opened is { } opened ? html => WriteOpened(html, row, opened) : null,
    };

    private static readonly SortedTable<FdRow> s_fds = new(FdsId, "Descriptors", "-fd",
    [
        Column<FdRow>.Number("fd", "FD", static row => row.Fd, static row => NumberOf(in row)),
        Column<FdRow>.Text("type", "Type", static row => TypeOf(in row)),
        Column<FdRow>.Text("state", "State", static row => row.State ?? ""),
        Column<FdRow>.Text("cause", "Cause", static row => row.Cause ?? ""),
        Column<FdRow>.Text("local", "Local", static row => row.Local ?? ""),
        Column<FdRow>.Text("remote", "Remote", static row => row.Remote ?? ""),
        new Column<FdRow>("target", "Target", false, static row => row.Target, static (html, row) => html.Add($"<span class=\"path\">{row.Target}</span>")),
        Column<FdRow>.Number("age", "In CLOSE_WAIT", static row => row.Age, static row => row.Age is { } age ? HumanText.Duration(age) : ""),
        Column<FdRow>.Number("receive_queue", "Recv-Q", static row => row.ReceiveQueue, static row => row.ReceiveQueue is { } bytes ? HumanText.Number((long)bytes) : ""),
        Column<FdRow>.Number("send_queue", "Send-Q", static row => row.SendQueue, static row => row.SendQueue is { } bytes ? HumanText.Number((long)bytes) : ""),
    ]);

    private static readonly SortedTable<HeldGroup> s_held = new(HeldId, "Held without a descriptor", "count",
    [
        Column<HeldGroup>.Text("by", "By", static row => row.By),
        new Column<HeldGroup>("what", "What", false, static row => row.What, static (html, row) => html.Add($"<span class=\"path\">{row.What}</span>")),
        Column<HeldGroup>.Amount("count", "Count", static row => row.Count),
        Column<HeldGroup>.Number("oldest", "Oldest in CLOSE_WAIT", static row => row.Oldest, static row => row.Oldest is { } oldest ? HumanText.Duration(oldest) : ""),
    ]);

    internal static string NarrowStyle => s_kinds.NarrowStyle + s_held.NarrowStyle + s_fds.NarrowStyle;

    internal static void Write(Html html, FdList list, PageQuery query)
    {
        s_kinds.Write(html, [.. list.Groups.Select(group => KindRow.Of(group, list, query))], query, list.Groups.Count, "None.");
        if (list.Held.Count > 0)
        {
            s_held.Write(html, list.Held, query, list.Held.Count, "None.");
        }

        s_fds.Write(html, list.Rows, query, PageLength, "None.");
        WritePages(html, list, query);
    }

    private static void WriteKind(Html html, KindRow row)
    {
        if (row.Group.First.Count == 0)
        {
            html.Add($"<span class=\"path\">{row.Group.What}</span>");
        }
        else
        {
            html.Add($"<a class=\"path view\" href=\"{row.OpenLink}\" aria-expanded=\"{(row.Opened is null ? "false" : "true")}\">{row.Group.What}</a>");
        }
    }

    private static void WriteOpened(Html html, KindRow row, IReadOnlyList<FdRow> opened)
    {
        html.AddLiteral("<ul class=\"fds\">\n");
        foreach (FdRow fd in opened)
        {
            html.Add($"<li><b>{NumberOf(in fd)}</b> {TypeOf(in fd)}");
            string ends = fd is { Local: { } local, Remote: { } remote } ? $"{local} \u2192 {remote}" : fd.Local ?? fd.Remote ?? "";
            foreach (string? field in (string?[])[fd.State, fd.Cause, ends, fd.Target, fd.Age is { } age ? $"for {HumanText.Duration(age)}" : null])
            {
                if (field is { Length: > 0 })
                {
                    html.Add($" <span class=\"path\">{field}</span>");
                }
            }

            html.AddLiteral("</li>\n");
        }

        html.AddLiteral("</ul>\n");
        if (row.Group.Count > opened.Count && row.AllLink is { } all)
        {
            html.Add($"<p><a href=\"{all}\">List all {HumanText.Number((long)row.Group.Count)}</a></p>\n");
        }
    }

    private static string NumberOf(in FdRow row)
        => row.Thread is { } thread ? FormattableString.Invariant($"{row.Fd} in {thread}") : row.Fd.ToString(CultureInfo.InvariantCulture);

    private static string TypeOf(in FdRow row) => row.Protocol is { } protocol and not "unknown" ? $"{protocol} socket" : row.Kind ?? row.Type;

    private static void WritePages(Html html, FdList list, PageQuery query)
    {
        if (list.Total <= list.Rows.Count)
        {
            return;
        }

        int first = Math.Min(list.Offset + 1, list.Total);
        html.Add($"<nav class=\"pages\" aria-label=\"Parts of the list\"><p>{HumanText.Number((long)first)} to {HumanText.Number((long)(list.Offset + list.Rows.Count))} of {HumanText.Number((long)list.Total)}");
        if (list.Offset > 0)
        {
            html.Add($" <a href=\"{query.With("offset", Offset(Math.Max(0, list.Offset - PageLength)))}\">Previous</a>");
        }

        if (list.Offset + list.Rows.Count < list.Total)
        {
            html.Add($" <a href=\"{query.With("offset", Offset(list.Offset + list.Rows.Count))}\">Next</a>");
        }

        html.AddLiteral("</p></nav>\n");

        static string Offset(int offset) => offset == 0 ? "" : offset.ToString(CultureInfo.InvariantCulture);
    }

    /// <param name="OpenLink">Opens the group, or closes it.</param>
    /// <param name="AllLink">Filters the list to its descriptors; null if no text does.</param>
    /// <param name="Opened">Its first descriptors; null if it is closed.</param>
    private sealed record KindRow(FdGroup Group, string OpenLink, string? AllLink, IReadOnlyList<FdRow>? Opened)
    {
        internal static KindRow Of(FdGroup group, FdList list, PageQuery query)
        {
            string key = PageQuery.Cut($"{group.Type} {group.What}");
            bool isOpen = key == query["open"];
            return new KindRow(
                group,
                $"{query.With("open", isOpen ? "" : key)}#{KindsId}-title",
                group.Filter.Length > 0 ? $"{query.With("q", group.Filter)}#{FdsId}-title" : null,
                isOpen ? [.. group.First.Select(list.RowAt)] : null);
        }
    }
}
