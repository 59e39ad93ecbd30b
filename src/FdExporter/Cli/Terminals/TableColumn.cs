namespace FdExporter.Cli.Terminals;

/// <summary>A column of a <see cref="Table{T}"/>.</summary>
/// <param name="Rank">Columns with the lowest rank get space first; a column without space is not shown.</param>
/// <param name="Width">Minimum width.</param>
/// <param name="Text">The cell, shortened to this width if possible; a longer text is cut.</param>
internal sealed record TableColumn<T>(string Title, int Rank, int Width, Func<T, int, string> Text)
{
    internal bool IsNumber { get; init; }

    /// <summary>Whether it gets remaining space, up to its longest cell; earlier columns first.</summary>
    internal bool Grows { get; init; }

    internal Func<T, Tint>? Tint { get; init; }

    internal static TableColumn<T> Number(string title, int rank, int width, Func<T, string> text, Func<T, Tint>? tint = null)
        => new(title, rank, width, (row, _) => text(row)) { IsNumber = true, Tint = tint };
}
