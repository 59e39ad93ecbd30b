using FdExporter.Diagnosis.Wording;

namespace FdExporter.Web.Pages;

/// <summary>A table sorted by links in its headings; works without a script.</summary>
/// <param name="id">Its id in the page, and the query parameter with its order.</param>
/// <param name="order">Key of the column for the initial order; a leading minus reverses it.</param>
internal sealed class SortedTable<T>(string id, string caption, string order, IReadOnlyList<Column<T>> columns)
{
    /// <summary>Written below a row, over all columns; null for nothing.</summary>
    internal Func<T, Action<Html>?>? Detail { get; init; }

    /// <summary>
    /// Style sheet for narrow screens, where each row is a paragraph: the titles of the columns before their values.
    /// </summary>
    internal string NarrowStyle => string.Concat(columns.Select((column, i)
        => i == 0 ? "" : FormattableString.Invariant($"#{id}>tbody>tr>td:nth-child({i + 1})::before{{content:\"{column.Title} \"}}\n")));

    /// <param name="most">Maximum number of rows shown.</param>
    /// <param name="none">The text for an empty table.</param>
    /// <param name="fold">Adds up rows that are alike; null to show each.</param>
    internal void Write(Html html, IReadOnlyCollection<T> rows, PageQuery query, int most, string none, RowFold<T>? fold = null)
    {
        (Column<T> by, bool isReversed) = OrderOf(query[id]);
        html.Add($"<section>\n<h2 id=\"{id}-title\">{caption}</h2>\n");
        if (rows.Count == 0)
        {
            html.Add($"<p class=\"none\">{none}</p>\n</section>\n");
            return;
        }

        html.Add($"<div class=\"wide\" role=\"region\" aria-labelledby=\"{id}-title\" tabindex=\"0\">\n<table id=\"{id}\">\n<thead><tr>");
        foreach (Column<T> column in columns)
        {
            WriteHeading(html, column, query, column == by ? isReversed : null);
        }

        html.AddLiteral("</tr></thead>\n<tbody>\n");
        long[] largest = [.. columns.Select(column => column.Bar is { } bar ? rows.Max(bar) ?? 0 : 0)];
        (int shown, int addedUp) = (0, 0);
        IEnumerable<T> ordered = InOrder(rows, by, isReversed);
        foreach (List<T> entry in (fold?.Of(ordered) ?? ordered.Select(static row => new List<T> { row })).Take(most))
        {
            if (entry.Count == 1)
            {
                WriteRow(html, entry[0], largest);
                shown++;
            }
            else
            {
                html.Add($"<tr class=\"sum\"><td colspan=\"{columns.Count}\">");
                fold!.Sum(html, entry);
                html.AddLiteral("</td></tr>\n");
                addedUp += entry.Count;
            }
        }

        html.AddLiteral("</tbody>\n</table>\n</div>\n");
        if (rows.Count > shown)
        {
            html.Add($"<p class=\"note\">{HumanText.Number((long)shown)} of {HumanText.Number((long)rows.Count)} shown{(addedUp > 0 ? $", {HumanText.Number((long)addedUp)} added up" : "")}.");
            TableLength.WriteLink(html, query, id);
            html.AddLiteral("</p>\n");
        }

        html.AddLiteral("</section>\n");
    }

    /// <param name="largest">Of each column with bars.</param>
    private void WriteRow(Html html, T row, long[] largest)
    {
        html.AddLiteral("<tr>");
        for (int i = 0; i < columns.Count; i++)
        {
            Column<T> column = columns[i];
            if (column.Bar?.Invoke(row) is > 0 and { } amount)
            {
                html.Add($"<td class=\"n bar\"><svg aria-hidden=\"true\"><rect width=\"{Svg.Percent(Math.Round((double)amount / largest[i], 2))}\"/></svg>");
            }
            else
            {
                html.AddLiteral(column.IsNumber ? "<td class=\"n\">" : "<td>");
            }

            column.Cell(html, row);
            html.AddLiteral("</td>");
        }

        html.AddLiteral("</tr>\n");
        if (Detail?.Invoke(row) is { } detail)
        {
            html.Add($"<tr class=\"detail\"><td colspan=\"{columns.Count}\">");
            detail(html);
            html.AddLiteral("</td></tr>\n");
        }
    }

    private void WriteHeading(Html html, Column<T> column, PageQuery query, bool? isReversed)
    {
        html.AddLiteral(column.IsNumber ? "<th class=\"n\"" : "<th");
        if (isReversed is { } reversed)
        {
            html.AddLiteral(reversed == column.IsNumber ? " aria-sort=\"ascending\"" : " aria-sort=\"descending\"");
        }

        if (column.Value is null)
        {
            html.Add($">{column.Title}</th>");
            return;
        }

        string next = isReversed == false ? "-" + column.Key : column.Key;
        html.Add($"><a class=\"sort\" href=\"{query.With(id, next == order ? "" : next)}#{id}\">{column.Title}</a></th>");
    }

    /// <summary>Numbers are sorted from the largest, text from A; a leading minus reverses the order.</summary>
    private (Column<T> By, bool IsReversed) OrderOf(string key)
    {
        Column<T>? asked = columns.FirstOrDefault(column => column.Value is not null && column.Key == key.TrimStart('-'));
        return asked is null ? OrderOf(order) : (asked, key.StartsWith('-'));
    }

    // Stable: equal rows keep their order.
    private static IEnumerable<T> InOrder(IEnumerable<T> rows, Column<T> by, bool isReversed)
    {
        List<(T Row, IComparable? Value)> valued = [.. rows.Select(row => (row, by.Value!(row)))];
        IEnumerable<(T Row, IComparable? Value)> known = valued.Where(static each => each.Value is not null);
        known = by.IsNumber != isReversed ? known.OrderByDescending(static each => each.Value) : known.OrderBy(static each => each.Value);
        return [.. known.Select(static each => each.Row), .. valued.Where(static each => each.Value is null).Select(static each => each.Row)];
    }
}
