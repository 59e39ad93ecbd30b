using FdExporter.Diagnosis;

namespace FdExporter.Cli;

/// <summary>What <c>fd-exporter top</c> is asked for.</summary>
/// <param name="Interval">Between two looks.</param>
/// <param name="Rows">So many processes at the most; null for as many as the terminal has.</param>
internal sealed record TopRequest(ProcessOrder Order, bool Json, bool Watch, TimeSpan Interval, int? Rows)
{
    /// <summary>Rows where there is no terminal.</summary>
    internal const int DefaultRows = 20;

    /// <param name="height">Lines of the terminal; null where there is none.</param>
    /// <param name="besides">Lines that are no rows: heads, and the one on which the cursor or the next prompt stands.</param>
    internal int RowsIn(int? height, int besides) => Rows ?? (height is { } lines ? Math.Max(1, lines - besides) : DefaultRows);
}
