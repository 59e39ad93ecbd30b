using System.Text;
using FdExporter.Model;

namespace FdExporter.Cli.Terminals;

/// <summary>Rows as terminal lines, not longer than its width. Columns without space are left out.</summary>
internal sealed class Table<T>(IReadOnlyList<TableColumn<T>> columns)
{
    /// <summary>The titles, and a line for each row.</summary>
    internal IReadOnlyList<TerminalLine> Lines(IReadOnlyList<T> rows, Display display)
    {
        IReadOnlyList<(TableColumn<T> Column, int Width)> layout = Layout(rows, display.Width);
        List<TerminalLine> lines = [Line(layout, static (column, _) => (column.Title, Tint.None))];
        foreach (T row in rows)
        {
            lines.Add(Line(layout, (column, width) => (
                Printable.Of(column.Text(row, width)),
                display.HasColours && column.Tint is { } tint ? tint(row) : Tint.None)));
        }

        return lines;
    }

    private List<(TableColumn<T> Column, int Width)> Layout(IReadOnlyList<T> rows, int width)
    {
        int left = width + 1;
        HashSet<TableColumn<T>> shown = [];
        foreach (TableColumn<T> column in columns.OrderBy(static column => column.Rank))
        {
            // The first column is always shown, even if it does not fit.
            if (shown.Count > 0 && column.Width + 1 > left)
            {
                break;
            }

            shown.Add(column);
            left -= column.Width + 1;
        }

        List<(TableColumn<T> Column, int Width)> layout = [];
        foreach (TableColumn<T> column in columns.Where(shown.Contains))
        {
            int more = column.Grows && left > 0 && rows.Count > 0
                ? Math.Clamp(rows.Max(row => TerminalText.WidthOf(Printable.Of(column.Text(row, int.MaxValue)))) - column.Width, 0, left)
                : 0;
            left -= more;
            layout.Add((column, Math.Min(column.Width + more, width)));
        }

        return layout;
    }

    private static TerminalLine Line(IReadOnlyList<(TableColumn<T> Column, int Width)> layout, Func<TableColumn<T>, int, (string Text, Tint Tint)> cell)
    {
        StringBuilder line = new();
        int used = 0;
        int blanks = 0;
        foreach ((TableColumn<T> column, int width) in layout)
        {
            (string text, Tint tint) = cell(column, width);
            text = TerminalText.KeepStart(text, width);
            int length = TerminalText.WidthOf(text);
            int before = blanks + (column.IsNumber ? width - length : 0);
            blanks = 1 + (column.IsNumber ? 0 : width - length);
            if (length > 0)
            {
                line.Append(' ', before).Append(Tinted(text, tint));
                used += before + length;
            }
            else
            {
                blanks += before;
            }
        }

        return new TerminalLine(line.ToString(), used);
    }

    private static string Tinted(string text, Tint tint) => tint switch
    {
        Tint.Yellow => $"\e[33m{text}\e[0m",
        Tint.Red => $"\e[1;31m{text}\e[0m",
        _ => text,
    };
}
