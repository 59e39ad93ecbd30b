namespace FdExporter.Web.Pages;

/// <summary>How many rows the tables of a page have: few, or many on request.</summary>
internal static class TableLength
{
    private const int FewRows = 15;
    private const int ManyRows = 1000;

    internal static int Of(PageQuery query) => query["rows"] == "many" ? ManyRows : FewRows;

    /// <summary>The link to the same page with the other length.</summary>
    internal static void WriteLink(Html html, PageQuery query)
    {
        bool isLong = Of(query) == ManyRows;
        html.Add($"<p><a href=\"{query.With("rows", isLong ? "" : "many")}\">{(isLong ? "Shorter" : "Longer")} tables</a></p>\n");
    }
}
