using BenchmarkDotNet.Attributes;
using FdExporter.Accounts.Naming;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using Microsoft.Extensions.Logging.Abstractions;

namespace FdExporter.Benchmarks;

/// <summary>Warm scans of the real <c>/proc</c> and the real socket tables of the kernel, under <see cref="Load"/>.</summary>
public class ScanningBenchmarks : IDisposable
{
    private Load? _load;
    private HostScanner? _scanner;

    [GlobalSetup]
    public void Setup()
    {
        _load = new Load();
        _scanner = new HostScanner("/proc", ProgramName.Of, new LaterTime(), NullLogger<HostScanner>.Instance);

        // The first scan reads everything of every process.
        Scan(Collectors.All);
    }

    [Benchmark(Baseline = true)]
    public object All() => Scan(Collectors.All);

    [Benchmark]
    public object System() => Scan(Collectors.System);

    [Benchmark]
    public object Process() => Scan(Collectors.Process);

    [Benchmark]
    public object Tcp() => Scan(Collectors.Tcp);

    [GlobalCleanup]
    public void Dispose()
    {
        _scanner?.Dispose();
        _load?.Dispose();
        GC.SuppressFinalize(this);
    }

    private HostSnapshot Scan(Collectors wanted)
    {
        HostSnapshot snapshot = _scanner!.Scan(wanted, new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1)));
        foreach (CollectorOutcome outcome in snapshot.Outcomes)
        {
            if (outcome.Error is { } error)
            {
                throw new InvalidOperationException($"{outcome.Collector}: {error}");
            }
        }

        return snapshot;
    }
}
