namespace FdExporter.Benchmarks.SideBySide;

/// <summary>What one look at the machine costs.</summary>
/// <param name="CpuMs">User and system time together.</param>
/// <param name="RssMb">Resident memory afterwards; null for what lives only while it looks.</param>
/// <param name="Bytes">Sent over the wire; null for a command.</param>
internal readonly record struct Measure(double CpuMs, double WallMs, double? RssMb, long? Bytes)
{
    /// <summary>Of two programs that are both needed.</summary>
    internal static Measure Sum(Measure a, Measure b) => new(a.CpuMs + b.CpuMs, a.WallMs + b.WallMs, a.RssMb + b.RssMb, a.Bytes + b.Bytes);
}
