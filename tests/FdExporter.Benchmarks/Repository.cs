using Root = FdExporter.Tests.Testing.Repository;

namespace FdExporter.Benchmarks;

/// <summary>Files of this repository that the benchmarks use.</summary>
internal static class Repository
{
    /// <summary>Captured files of one real process.</summary>
    internal static string CapturedProcess { get; } = Path.Combine(Root.Fixtures, "host", "58");

    internal static string Exporter { get; } = Path.Combine(Root.Root, "src", "FdExporter", "bin", "Release", "net10.0", "fd-exporter");

    internal static string LeakLab { get; } = Path.Combine(Root.Root, "tests", "LeakLab", "bin", "Release", "net10.0", "leaklab");
}
