using FdExporter.Diagnosis;

namespace FdExporter.Cli;

/// <summary>The arguments of <c>fd-exporter top</c>.</summary>
/// <param name="Interval">Time between two scans.</param>
/// <param name="Rows">Maximum number of processes; null for as many as fit on the terminal.</param>
internal sealed record TopRequest(ProcessOrder Order, bool Json, bool Watch, TimeSpan Interval, int? Rows)
{
    /// <summary>Rows without a terminal.</summary>
    internal const int DefaultRows = 20;

    /// <param name="height">Lines of the terminal; null without a terminal.</param>
    /// <param name="besides">Lines that are not rows: headings, and the line of the cursor or the next prompt.</param>
    internal int RowsIn(int? height, int besides) => Rows ?? (height is { } lines ? Math.Max(1, lines - besides) : DefaultRows);
}
