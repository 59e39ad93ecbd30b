namespace FdExporter.Cli.Terminals;

/// <summary>A column of a <see cref="Table{T}"/>.</summary>
/// <param name="Rank">The room is given to the lowest ranks first; who gets none is not shown.</param>
/// <param name="Width">What it takes at the least.</param>
/// <param name="Text">The cell, in no more than so many columns if that can be; what is too long is cut.</param>
internal sealed record TableColumn<T>(string Title, int Rank, int Width, Func<T, int, string> Text)
{
    internal bool IsNumber { get; init; }

    /// <summary>Whether it is given room that is left, as much as its longest cell needs; earlier columns first.</summary>
    internal bool Grows { get; init; }

    internal Func<T, Tint>? Tint { get; init; }

    internal static TableColumn<T> Number(string title, int rank, int width, Func<T, string> text, Func<T, Tint>? tint = null)
        => new(title, rank, width, (row, _) => text(row)) { IsNumber = true, Tint = tint };
}
