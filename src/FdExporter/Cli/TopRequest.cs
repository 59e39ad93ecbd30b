using FdExporter.Diagnosis;

namespace FdExporter.Cli;

/// <summary>What <c>fd-exporter top</c> is asked for.</summary>
/// <param name="Interval">Between two looks.</param>
/// <param name="Rows">So many processes at the most.</param>
internal sealed record TopRequest(ProcessOrder Order, bool Json, bool Watch, TimeSpan Interval, int Rows);
