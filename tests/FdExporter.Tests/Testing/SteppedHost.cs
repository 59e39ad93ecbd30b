using FdExporter.Accounts.Naming;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Web.Serving;
using Microsoft.Extensions.Logging.Abstractions;

namespace FdExporter.Tests.Testing;

/// <summary>This machine as the server sees it, built like in the server, with a clock that the test moves.</summary>
internal sealed class SteppedHost : IDisposable
{
    private readonly SteppedTime _time = new();
    private readonly HostScanner _scanner;
    private readonly ScrapeGate _gate;
    private readonly HostInspector _inspector;

    internal SteppedHost()
    {
        HostHistory history = new(_time);
        _scanner = new HostScanner("/proc", ProgramName.Of, _time, NullLogger<HostScanner>.Instance);
        _gate = new ScrapeGate(_scanner, new HostGrouper(new GroupLimits(20, 200, 50, 100), _time), history, new ExporterMetrics(), _time);
        _inspector = new HostInspector(_gate, history, Collectors.All, new Thresholds(), TimeProvider.System);
    }

    /// <summary>What <c>explain</c> would print now.</summary>
    internal Task<HostView> ViewAsync(CancellationToken cancellation) => _inspector.ViewAsync(cancellation);

    internal void Advance(TimeSpan time) => _time.Advance(time);

    public void Dispose()
    {
        _gate.Dispose();
        _scanner.Dispose();
    }
}
