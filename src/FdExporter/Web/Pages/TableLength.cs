namespace FdExporter.Web.Pages;

/// <summary>How many rows the tables of a page have: few, or many on request.</summary>
internal static class TableLength
{
    private const int FewRows = 15;
    private const int ManyRows = 1000;

    internal static int Of(PageQuery query) => IsLong(query) ? ManyRows : FewRows;

    internal static bool IsLong(PageQuery query) => query["rows"] == "many";

    /// <summary>The link to the same page with the other length.</summary>
    internal static void WriteLink(Html html, PageQuery query)
        => html.Add($"<p><a href=\"{query.With("rows", IsLong(query) ? "" : "many")}\">{(IsLong(query) ? "Shorter" : "Longer")} tables</a></p>\n");

    /// <summary>The link to longer tables, below a short one; nothing where they are as long as they can be.</summary>
    internal static void WriteLink(Html html, PageQuery query, string table)
    {
        if (!IsLong(query))
        {
            html.Add($" <a href=\"{query.With("rows", "many")}#{table}-title\">Longer tables</a>");
        }
    }
}
