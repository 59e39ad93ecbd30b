using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Tests.Testing;
using FdExporter.Web.Serving;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Web.Serving;

/// <summary>Clients with different timeouts share a scan, one of whose collectors is blocked by a file of the captured host.</summary>
public sealed class ScrapeGateTests : IDisposable
{
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(10);

    private readonly FixtureHost _host = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly HostHistory _history;
    private readonly HostScanner _scanner;
    private readonly ScrapeGate _gate;
    private int _scans;

    public ScrapeGateTests()
    {
        _history = new HostHistory(_time);
        _scanner = new HostScanner(_host.Root, static process => process.Comm, _time, new ListLogger<HostScanner>());
        _gate = new ScrapeGate(_scanner, new HostGrouper(new GroupLimits(20, 200, 50, 100)), _history, new ExporterMetrics(), _time);
        _gate.Scanned += _ => Interlocked.Increment(ref _scans);
    }

    public void Dispose()
    {
        _gate.Dispose();
        _scanner.Dispose();
        _host.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClientWithLessTime_GetsWhatIsThere_AndTheOtherTheWhole(bool slowIsFirst)
    {
        HeldFile table = new(_host, "1/net/tcp");
        Task<Scrape> first = slowIsFirst ? GetAsync(s_long) : GetAsync(s_short);
        await table.WaitForReaderAsync();
        Task<Scrape> second = slowIsFirst ? GetAsync(s_short) : GetAsync(s_long);
        (Task<Scrape> fast, Task<Scrape> slow) = slowIsFirst ? (second, first) : (first, second);
        _time.Advance(s_short);
        HostSnapshot part = (await fast).Host.Snapshot;
        Assert.Equal(
            [("system", true), ("process", true), ("tcp", false), ("socket_owner", false), ("listeners", false), ("connections", false), ("files", false)],
            part.Outcomes.Select(static each => (CollectorNames.Of(each.Collector), each.Success)));
        Assert.Equal(s_short, part.Outcomes[2].Duration);
        Assert.All(part.Outcomes[2..], static each => Assert.StartsWith("out of time", each.Error, StringComparison.Ordinal));
        Assert.Equal(304ul, part.FileHandles!.Allocated);
        Assert.Equal(12, (await fast).Host.Groups.Sum(static each => each.Processes));
        Assert.Null(part.TcpNamespaces);
        Assert.Null(part.Ownership);
        Assert.False(slow.IsCompleted);

        // Nothing of the partial result was kept.
        Assert.Empty(_history.MinutesOf(HistoryKey.SystemHandles));
        Assert.Equal(0, _scans);
        table.Release();
        HostSnapshot whole = (await slow).Host.Snapshot;
        Assert.All(whole.Outcomes, static each => Assert.True(each.Success, each.Error));
        Assert.NotNull(whole.Ownership);
        Assert.Same(part.Processes, whole.Processes);
        Assert.Equal(304, Assert.Single(_history.MinutesOf(HistoryKey.SystemHandles)));
        Assert.Equal(1, _scans);

        // The result that was returned does not change.
        Assert.Null(part.TcpNamespaces);
        Assert.Equal(7, part.Outcomes.Length);
    }

    [Fact]
    public async Task TwoWithLessTime_AreAnsweredWithTheVerySamePart()
    {
        HeldFile table = new(_host, "1/net/tcp");
        Task<Scrape>[] fast = [GetAsync(s_short), GetAsync(s_short)];
        await table.WaitForReaderAsync();
        _time.Advance(s_short);
        Assert.Same(await fast[0], await fast[1]);
        Assert.Contains("fd_exporter_collector_success{collector=\"tcp\"} 0\n", System.Text.Encoding.UTF8.GetString(await (await fast[0]).WriteAsync(MetricsFormat.Text)), StringComparison.Ordinal);
        table.Release();
        await GetAsync(s_long);
    }

    [Fact]
    public async Task NothingDoneInTime_IsATimeout_AndTheOtherGetsTheWhole()
    {
        HeldFile handles = new(_host, "sys/fs/file-nr");
        Task<Scrape> fast = GetAsync(s_short);
        await handles.WaitForReaderAsync();
        Task<Scrape> slow = GetAsync(s_long);
        _time.Advance(s_short);
        await Assert.ThrowsAsync<TimeoutException>(() => fast);
        handles.Release();
        Assert.All((await slow).Host.Snapshot.Outcomes, static each => Assert.True(each.Success, each.Error));
        Assert.Equal(1, _scans);
    }

    [Fact]
    public async Task ScanThatHasLeftSomethingOut_IsNotJoined()
    {
        using ManualResetEventSlim ends = new();
        TaskCompletionSource scanned = new();
        _gate.Scanned += _ =>
        {
            scanned.TrySetResult();
            ends.Wait(TimeSpan.FromMinutes(1));
        };
        HeldFile handles = new(_host, "sys/fs/file-nr");
        Task<Scrape> hasty = _gate.GetAsync(Collectors.All, s_short, s_long, CancellationToken.None);
        await handles.WaitForReaderAsync();
        _time.Advance(s_short);
        handles.Release();
        await scanned.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Task<Scrape> other = GetAsync(s_long);
        ends.Set();
        Assert.Equal([true, false, false, false, false, false, false], (await hasty).Host.Snapshot.Outcomes.Select(static each => each.Success));
        Assert.All((await other).Host.Snapshot.Outcomes, static each => Assert.True(each.Success, each.Error));
        Assert.Equal(2, _scans);
    }

    [Fact]
    public async Task ScanThatHadToWaitForOthers_HasTimeForEachCollectorAllTheSame()
    {
        HeldFile handles = new(_host, "sys/fs/file-nr");
        Task<Scrape> other = _gate.GetAsync(Collectors.System, s_long, s_long, CancellationToken.None);
        await handles.WaitForReaderAsync();
        Task<Scrape> waiting = _gate.GetAsync(Collectors.All, s_short, s_long, CancellationToken.None);
        _time.Advance(3 * s_short);
        handles.Release();
        Assert.All((await waiting).Host.Snapshot.Outcomes, static each => Assert.True(each.Success, each.Error));
        await other;
    }

    [Fact]
    public async Task CollectorAndWhatItNeeds_AreOneScan_HoweverTheyAreAskedFor()
    {
        HeldFile handles = new(_host, "1/net/tcp");
        Task<Scrape> first = _gate.GetAsync(Collectors.SocketOwner, s_long, s_long, CancellationToken.None);
        await handles.WaitForReaderAsync();
        Task<Scrape> second = _gate.GetAsync(Collectors.SocketOwner | Collectors.Tcp, s_long, s_long, CancellationToken.None);
        handles.Release();
        Assert.Same(await first, await second);
    }

    private Task<Scrape> GetAsync(TimeSpan time) => _gate.GetAsync(Collectors.All, time, time, CancellationToken.None);
}
