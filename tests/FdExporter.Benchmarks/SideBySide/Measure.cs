namespace FdExporter.Benchmarks.SideBySide;

/// <summary>The cost of one measurement.</summary>
/// <param name="CpuMs">User and system time together.</param>
/// <param name="RssMb">Resident memory afterwards; null for a command, which has exited by then.</param>
/// <param name="Bytes">Sent over the wire; null for a command.</param>
internal readonly record struct Measure(double CpuMs, double WallMs, double? RssMb, long? Bytes)
{
    /// <summary>The sum for two programs that are both needed.</summary>
    internal static Measure Sum(Measure a, Measure b) => new(a.CpuMs + b.CpuMs, a.WallMs + b.WallMs, a.RssMb + b.RssMb, a.Bytes + b.Bytes);
}
