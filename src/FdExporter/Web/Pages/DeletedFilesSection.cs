using FdExporter.Diagnosis.Wording;
using FdExporter.Grouping;

namespace FdExporter.Web.Pages;

/// <summary>The space that deleted files use until their program closes them.</summary>
internal static class DeletedFilesSection
{
    internal const string Id = "deleted";

    private static readonly SortedTable<DeletedFilesGroup> s_table = new(Id, "Space of deleted files", "bytes",
    [
        Column<DeletedFilesGroup>.Program(static row => row.Group),
        new Column<DeletedFilesGroup>("mountpoint", "Mount point", false, static row => row.Mountpoint, static (html, row) => html.Add($"<span class=\"path\">{row.Mountpoint}</span>")),
        Column<DeletedFilesGroup>.Amount("bytes", "Space", static row => row.Bytes, static row => HumanText.Bytes(row.Bytes)),
        new Column<DeletedFilesGroup>("ratio", "Of the file system", true, static row => row.Ratio, static (html, row) => html.Add($"{(row.Ratio is { } ratio ? HumanText.Percent(ratio) : PageFormat.Unknown)}")),
    ]);

    internal static string NarrowStyle => s_table.NarrowStyle;

    /// <param name="none">The text for an empty table.</param>
    internal static void Write(Html html, GroupedHost host, PageQuery query, int most, string none)
    {
        IEnumerable<DeletedFilesGroup> rows = host.DeletedFiles ?? [];
        s_table.Write(
            html,
            [.. rows.Where(row => row.Bytes > 0 && row.Holds(query["q"]))],
            query,
            most,
            host.DeletedFiles is null ? "Not known: the collector files failed or is switched off." : none);
    }
}
