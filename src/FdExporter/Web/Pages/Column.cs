namespace FdExporter.Web.Pages;

/// <summary>A column of a table.</summary>
/// <param name="Key">Its name in links.</param>
/// <param name="Value">The value to sort by; null for a column that cannot be sorted. A null value comes last.</param>
internal sealed record Column<T>(string Key, string Title, bool IsNumber, Func<T, IComparable?>? Value, Action<Html, T> Cell)
{
    /// <summary>A longer word would make its column too wide, so it may be broken anywhere.</summary>
    private const int LongestWord = 24;

    /// <summary>Drawn as a bar behind the number, against the largest of the table; null for a column without bars.</summary>
    internal Func<T, long?>? Bar { get; private init; }

    internal static Column<T> Number(string key, string title, Func<T, IComparable?> value, Func<T, string> text)
        => new(key, title, true, value, (html, row) => html.Add($"{text(row)}"));

    /// <summary>A number with a bar: what the table is about.</summary>
    internal static Column<T> Amount(string key, string title, Func<T, long?> value, Func<T, string>? text = null)
        => Number(key, title, row => value(row), text ?? (row => PageFormat.Number(value(row)))) with { Bar = value };

    /// <summary>The growth, with a small line where the number grows.</summary>
    internal static Column<T> Growth(Func<T, Trend> trend)
        => new("growth", "Growth", true, row => trend(row).Growth?.PerHour, (html, row) =>
        {
            Trend known = trend(row);
            if (known.Growth is { PerHour: >= 1 })
            {
                Sparkline.WriteSmall(html, known.History.LastHourOf(known.Key));
            }

            html.Add($"{PageFormat.PerHour(known.Growth)}");
        });

    internal static Column<T> Text(string key, string title, Func<T, string> text)
        => new(key, title, false, text, (html, row) =>
        {
            string known = text(row);
            if (known.Length > LongestWord)
            {
                html.Add($"<span class=\"path\">{known}</span>");
            }
            else
            {
                html.Add($"{known}");
            }
        });

    /// <summary>The column with the program's name, which leads to the page of the program.</summary>
    internal static Column<T> Program(Func<T, string> name)
        => new("program", "Program", false, name, (html, row) => ProgramLink.Write(html, name(row), name(row).Length > LongestWord ? "path" : ""));
}
