namespace FdExporter.Web.Pages;

/// <summary>A column of a table.</summary>
/// <param name="Key">Its name in links.</param>
/// <param name="Value">The value to sort by; null for a column that cannot be sorted. A null value comes last.</param>
internal sealed record Column<T>(string Key, string Title, bool IsNumber, Func<T, IComparable?>? Value, Action<Html, T> Cell)
{
    internal static Column<T> Number(string key, string title, Func<T, IComparable?> value, Func<T, string> text)
        => new(key, title, true, value, (html, row) => html.Add($"{text(row)}"));

    internal static Column<T> Text(string key, string title, Func<T, string> text)
        => new(key, title, false, text, (html, row) => html.Add($"{text(row)}"));

    /// <summary>The column with the program's name, which leads to the page of the program.</summary>
    internal static Column<T> Program(Func<T, string> name)
        => new("program", "Program", false, name, (html, row) => ProgramLink.Write(html, name(row)));
}
