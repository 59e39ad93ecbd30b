using BenchmarkDotNet.Attributes;
using FdExporter.Accounts.Naming;
using FdExporter.Grouping;
using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace FdExporter.Benchmarks;

/// <summary>The steps after the scan, on a real snapshot taken under <see cref="Load"/>.</summary>
public class PublishingBenchmarks
{
    private readonly ExporterMetrics _exporter = new();
    private readonly HostGrouper _grouper = new(new GroupLimits(TopProcesses: 20, MaxGroups: 200, 50, 100));
    private HostSnapshot? _snapshot;
    private GroupedHost? _grouped;
    private CollectorRegistry? _registry;

    /// <summary>The load is one program; its processes get this many different names. More than 200 are folded.</summary>
    [Params(10, 400)]
    public int Groups { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        using Load load = new();
        using HostScanner scanner = new(
            "/proc",
            process => $"{ProgramName.Of(process)}-{process.Id.Pid % Groups}",
            TimeProvider.System,
            NullLogger<HostScanner>.Instance);
        _snapshot = scanner.Scan(Collectors.All, new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1)));
        _grouped = _grouper.Group(_snapshot);
        _registry = SnapshotMetrics.Fill(_grouped);
    }

    [Benchmark]
    public object Group() => _grouper.Group(_snapshot!);

    [Benchmark]
    public object Fill() => SnapshotMetrics.Fill(_grouped!);

    [Benchmark]
    public Task<byte[]> Write() => Exposition.WriteAsync(ExpositionFormat.OpenMetricsText, _registry!, _exporter.Registry);

    /// <summary>All steps of one scrape.</summary>
    [Benchmark(Baseline = true)]
    public Task<byte[]> GroupFillAndWrite() => Exposition.WriteAsync(
        ExpositionFormat.OpenMetricsText, SnapshotMetrics.Fill(_grouper.Group(_snapshot!)), _exporter.Registry);
}
