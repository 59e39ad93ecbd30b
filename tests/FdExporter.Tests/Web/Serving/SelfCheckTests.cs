using System.Net;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Self;
using FdExporter.Tests.Testing;
using FdExporter.Web.Serving;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace FdExporter.Tests.Web.Serving;

/// <summary>When the watchdog signal is withheld: a scan hangs, or the server no longer accepts.</summary>
public sealed class SelfCheckTests : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(1);

    private readonly FixtureHost _host = new();
    private readonly HandleReserve _reserve = new(TimeProvider.System);
    private readonly HostScanner _scanner;
    private readonly ScrapeGate _gate;
    private readonly ReservedListenerFactory _listeners;
    private readonly SelfCheck _check;

    public SelfCheckTests()
    {
        _scanner = new HostScanner(_host.Root, NamingRules.Load(null).Namer, TimeProvider.System, NullLogger<HostScanner>.Instance);
        _gate = new ScrapeGate(
            _scanner, new HostGrouper(new GroupLimits(20, 200, 50, 100)), new HostHistory(TimeProvider.System), new ExporterMetrics(), TimeProvider.System);
        _listeners = new ReservedListenerFactory(_reserve, new Connections(512, new ExporterMetrics(), TimeProvider.System), TimeProvider.System, NullLoggerFactory.Instance);
        _check = new SelfCheck(_listeners, _gate, TimeProvider.System);
    }

    public void Dispose()
    {
        _gate.Dispose();
        _scanner.Dispose();
        _reserve.Dispose();
        _host.Dispose();
    }

    [Fact]
    public async Task Scan_ThatHangs_KeepsTheAnswerBackUntilItEnds()
    {
        using ManualResetEventSlim hang = new();
        TaskCompletionSource scanned = new();
        _gate.Scanned += _ =>
        {
            scanned.SetResult();
            hang.Wait(s_long);
        };
        await _check.RunAsync(CancellationToken.None).WaitAsync(s_long, TestContext.Current.CancellationToken);
        Task scrape = _gate.GetAsync(Collectors.System, s_long, s_long, CancellationToken.None);
        await scanned.Task.WaitAsync(s_long, TestContext.Current.CancellationToken);
        Task answer = _check.RunAsync(CancellationToken.None);
        Assert.False(answer.IsCompleted);
        hang.Set();
        await answer.WaitAsync(s_long, TestContext.Current.CancellationToken);
        await scrape;
    }

    [Fact]
    public async Task Server_ThatAcceptsOnOneAddressOnly_KeepsTheAnswerBackUntilItAcceptsOnAll()
    {
        await using IConnectionListener first = await BindAsync();
        await using IConnectionListener second = await BindAsync();
        Task accepting = first.AcceptAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(_listeners.AreAccepting);
        Task answer = _check.RunAsync(CancellationToken.None);
        Assert.False(answer.IsCompleted);
        Task alsoAccepting = second.AcceptAsync(TestContext.Current.CancellationToken).AsTask();
        await answer.WaitAsync(s_long, TestContext.Current.CancellationToken);

        // A stopped server must not count as one that no longer accepts.
        await first.UnbindAsync(TestContext.Current.CancellationToken);
        await accepting.WaitAsync(s_long, TestContext.Current.CancellationToken);
        Assert.True(_listeners.AreAccepting);
        await second.UnbindAsync(TestContext.Current.CancellationToken);
        await alsoAccepting.WaitAsync(s_long, TestContext.Current.CancellationToken);
    }

    private async Task<IConnectionListener> BindAsync()
        => await _listeners.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), TestContext.Current.CancellationToken);
}
