namespace FdExporter.Metrics;

/// <summary>Name, help and labels of one metric family.</summary>
/// <param name="Name">As in the text format; for counters it ends in <c>_total</c>.</param>
/// <param name="Help">One line, without quotes or backslashes: prometheus-net does not escape it.</param>
internal sealed record MetricDefinition(string Name, string Help, params string[] Labels);
