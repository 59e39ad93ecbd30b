using System.Globalization;
using System.Net;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.EndToEnd.Testing;
using FdExporter.Grouping;
using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Tests.Testing;
using FdExporter.Web.Serving;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Web.Serving;

/// <summary>Views for pages and the API, on the captured host: a scan, its history, and a note on processes with many sockets.</summary>
public sealed class HostInspectorTests : IDisposable
{
    private static readonly Client s_client = new(IPAddress.Loopback, false);

    private readonly FixtureHost _host = new();
    private readonly HostScanner _scanner;
    private readonly HostHistory _history = new(TimeProvider.System);
    private readonly ScrapeGate _gate;
    private readonly HostInspector _inspector;
    private readonly FakeTimeProvider _time = new();

    public HostInspectorTests()
    {
        _scanner = new HostScanner(_host.Root, static process => process.Comm, TimeProvider.System, new ListLogger<HostScanner>());
        _gate = new ScrapeGate(_scanner, new HostGrouper(new GroupLimits(20, 200, 50, 100)), _history, new ExporterMetrics(), TimeProvider.System);
        _inspector = new HostInspector(_gate, _history, Collectors.All, new Thresholds(), _time);
        for (int fd = 100; fd < 700; fd++)
        {
            File.CreateSymbolicLink(_host.PathOf(string.Create(CultureInfo.InvariantCulture, $"9/fd/{fd}")), string.Create(CultureInfo.InvariantCulture, $"socket:[{fd}]"));
        }
    }

    public void Dispose()
    {
        _gate.Dispose();
        _scanner.Dispose();
        _host.Dispose();
    }

    [Fact]
    public async Task View_OfAProcessWithManySockets_SaysThatTheyAreInNoTable()
    {
        HostView view = await _inspector.ViewAsync(TestContext.Current.CancellationToken);
        Finding finding = Assert.Single(view.Verdict.Findings, static each => each.Rule == "sockets_in_no_table");
        Assert.StartsWith("python3 (pid 9, container 3f1e5c3b9d8a) holds 600 sockets", finding.Text, StringComparison.Ordinal);
        Assert.Same(_history, view.History);
        Assert.Equal(304, Assert.Single(_history.MinutesOf(HistoryKey.SystemHandles)));
    }

    [Fact]
    public async Task View_WithAnInaccessibleProcess_HasAllTheRest()
    {
        // A table that exists but cannot be read.
        Directory.CreateDirectory(_host.PathOf("1/net/unix"));
        HostView view = await _inspector.ViewAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(view.Host.Snapshot.Ownership);
        Assert.Contains(view.Host.TopProcesses, static top => top.Sample.Id.Pid == 9 && top.Holdings?.OtherSockets == 600);
        Assert.DoesNotContain(view.Verdict.Findings, static each => each.Rule == "sockets_in_no_table");
        Assert.Contains("1/net/unix", (await Assert.ThrowsAnyAsync<IOException>(() => _inspector.InspectAsync(9, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// A page refreshes every five seconds; following ten thousand descriptors each time under the scan lock would delay scans.
    /// </summary>
    [Fact]
    public async Task View_WithinAMinute_InspectsNoProcessAgain()
    {
        await _inspector.ViewAsync(TestContext.Current.CancellationToken);
        Directory.CreateDirectory(_host.PathOf("1/net/unix"));
        _time.Advance(VerdictInputs.KeptFor - TimeSpan.FromSeconds(1));
        Assert.Contains((await _inspector.ViewAsync(TestContext.Current.CancellationToken)).Verdict.Findings, static each => each.Rule == "sockets_in_no_table");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.DoesNotContain((await _inspector.ViewAsync(TestContext.Current.CancellationToken)).Verdict.Findings, static each => each.Rule == "sockets_in_no_table");
    }

    [Fact]
    public async Task Inspect_AProcessThatIsNotThere_IsNull()
        => Assert.Null(await _inspector.InspectAsync(4711, TestContext.Current.CancellationToken));

    [Fact]
    public async Task Inspect_OfManyProcessesAtOnce_IsRefusedBeyondEight_AndJoinedStill()
    {
        // A FIFO, whose reader waits until it is written to: once it is open the scan has its turn, for as long as the test likes.
        _host.Delete("sys/fs/file-nr");
        Assert.Equal(0, (await Child.RunAsync("mkfifo", null, _host.PathOf("sys/fs/file-nr"))).ExitCode);
        Task<HostView> scan = _inspector.ViewAsync(TestContext.Current.CancellationToken);
        await using FileStream writer = await Task.Run(
            () => new FileStream(_host.PathOf("sys/fs/file-nr"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0),
            TestContext.Current.CancellationToken);
        int[] pids = [1, 8, 9, 36, 41, 50, 54, 58];
        Task<ProcessInspection?>[] inspections = [.. pids.Select(InspectAsync)];
        await Assert.ThrowsAsync<TimeoutException>(() => InspectAsync(60));
        Task<ProcessInspection?> joined = InspectAsync(9);
        Assert.All(inspections, static inspection => Assert.False(inspection.IsCompleted));
        await writer.WriteAsync("5\t0\t9\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal(pids, (await Task.WhenAll(inspections)).Select(static inspection => inspection!.Process.Id.Pid));
        Assert.Same(await inspections[2], await joined);
        Assert.Equal(5ul, (await scan).Host.Snapshot.FileHandles!.Allocated);
        Assert.NotNull(await InspectAsync(60));

        async Task<ProcessInspection?> InspectAsync(int pid)
        {
            using InspectionLease lease = await _inspector.InspectAsync(pid, s_client, CancellationToken.None);
            return lease.Answer.Inspection;
        }
    }

    [Fact]
    public async Task Inspection_ExcludesOthersUntilItsAnswersAreMade()
    {
        Task<InspectionLease> other;
        using (await _inspector.InspectAsync(9, s_client, TestContext.Current.CancellationToken))
        {
            other = _inspector.InspectAsync(8, s_client, TestContext.Current.CancellationToken);

            // Scans continue meanwhile.
            Assert.NotNull((await _gate.GetAsync(Collectors.System, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), CancellationToken.None)).Host.Snapshot.FileHandles);
            Assert.False(other.IsCompleted);
        }

        using InspectionLease next = await other;
        Assert.Equal(8, next.Answer.Inspection!.Process.Id.Pid);
    }

    [Fact]
    public async Task AbandonedInspection_FreesItsPlace()
    {
        using CancellationTokenSource gone = new();
        Task<InspectionLease> second;
        using (await _inspector.InspectAsync(9, s_client, TestContext.Current.CancellationToken))
        {
            Task<InspectionLease> first = _inspector.InspectAsync(8, s_client, gone.Token);
            second = _inspector.InspectAsync(1, s_client, TestContext.Current.CancellationToken);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        }

        (await second).Dispose();
        (await _inspector.InspectAsync(8, s_client, TestContext.Current.CancellationToken)).Dispose();
    }

    [Fact]
    public async Task Inspect_ByManyAtOnce_IsDoneOnceForAll()
    {
        ProcessInspection?[] all = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => _inspector.InspectAsync(9, TestContext.Current.CancellationToken)));
        Assert.All(all, static inspection => Assert.Equal(607, inspection!.Fds.Length));
    }
}
