using System.Globalization;

namespace FdExporter.Benchmarks.Soak;

/// <summary>One answer of <c>/metrics</c>, as lines.</summary>
internal sealed class Exposed(string text)
{
    private readonly string[] _lines = text.Split('\n');

    /// <summary>An error that the exporter itself reports, or an impossible value; null if there is none.</summary>
    internal string? Problem()
    {
        string? failed = Array.Find(_lines, static line
            => line.StartsWith("fd_exporter_collector_success", StringComparison.Ordinal) && line.EndsWith(" 0", StringComparison.Ordinal));
        return failed
            ?? Unequal("fd_group_open_fds", "fd_process_open_fds")
            ?? Unequal("fd_group_processes", "fd_exporter_processes");
    }

    /// <summary>The sum of the series with this prefix and these labels; NaN if there is none.</summary>
    internal double Sum(string start, params string[] labels)
    {
        string[] lines = [.. _lines.Where(line => line.StartsWith(start, StringComparison.Ordinal) && labels.All(label => line.Contains(label, StringComparison.Ordinal)))];
        return lines.Length > 0 ? lines.Sum(ValueOf) : double.NaN;
    }

    // The same descriptors, summed in two ways.
    private string? Unequal(string one, string other)
        => Sum(one + "{") is var first && Sum(other + "{") is var second && first == second ? null : $"difference: {one} adds up to {first}, {other} to {second}";

    private static double ValueOf(string line) => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);
}
