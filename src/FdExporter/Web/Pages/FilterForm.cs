namespace FdExporter.Web.Pages;

/// <summary>The form that filters the tables of a page.</summary>
internal static class FilterForm
{
    internal static void Write(Html html, PageQuery query, string label)
    {
        html.AddLiteral("<form id=\"filter\" method=\"get\" role=\"search\" data-keep>\n");
        foreach ((string name, string value) in query.Without("q", "offset"))
        {
            html.Add($"<input type=\"hidden\" name=\"{name}\" value=\"{value}\">\n");
        }

        html.Add($"""
            <label for="q">Filter</label>
            <input id="q" name="q" type="search" value="{query["q"]}" placeholder="{label}" autocomplete="off" spellcheck="false">
            <button type="submit">Filter</button>
            </form>

            """);
    }
}
