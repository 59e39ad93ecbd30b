using System.Text;
using System.Text.Json;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Evidence;
using FdExporter.Grouping;
using FdExporter.Linux.Files;
using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Tests.Diagnosis;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Evidence;

/// <summary>Sequences of scans of hosts made by hand, and the resulting files in a real folder and metrics.</summary>
public sealed class EvidenceRecorderTests : IDisposable
{
    private const string Written = "fd_exporter_evidence_files_total";
    private const string Failures = "fd_exporter_evidence_failures_total";
    private const string Postponed = "fd_exporter_evidence_left_out_total{reason=\"share\"}";
    private const string NoRoom = "fd_exporter_evidence_left_out_total{reason=\"no_room\"}";

    private readonly string _parent = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
    private readonly ListLogger<EvidenceRecorder> _log = new();
    private readonly ExporterMetrics _exporter = new();
    private FileThread _thread = new(TimeSpan.FromMinutes(1));
    private int _counted;
    private readonly HostHistory _history;
    private readonly HostGrouper _grouper = new(new GroupLimits(2000, 2000, 50, 100));
    private readonly List<int> _inspected = [];

    /// <summary>The inspection of each process; a process that is not among them is gone.</summary>
    private Dictionary<int, ProcessInspection> _processes = [];

    public EvidenceRecorderTests() => _history = new HostHistory(_time);

    private string Folder => Path.Combine(_parent, "evidence");

    public void Dispose()
    {
        _thread.Dispose();
        Directory.Delete(_parent, recursive: true);
    }

    [Fact]
    public async Task Crossing_IsWrittenOnce_AndAgainAfterItWasGoneForTenMinutes()
    {
        EvidenceRecorder recorder = Recorder();
        for (int scan = 0; scan < 5; scan++)
        {
            await ScanAsync(recorder, Process(7, 1000));
            _time.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(["fd-evidence-20270115T080000Z-app7-7-process_at_limit.json"], Names());
        await ScanAsync(recorder, Process(7, 10));
        _time.Advance(TimeSpan.FromMinutes(5));
        await ScanAsync(recorder, Process(7, 1000));
        Assert.Single(Names());
        await ScanAsync(recorder, Process(7, 10));
        _time.Advance(ThresholdTracker.RearmAfter);
        await ScanAsync(recorder, Process(7, 1000));
        Assert.Equal(2, Names().Length);
        Assert.Equal((2, 0), (await ValueOf(Written), await ValueOf(Failures)));

        // Also for the program file, as its number rises again.
        Assert.Equal(4, _inspected.Count);
    }

    [Fact]
    public async Task Crossing_ThatStays_IsWrittenOnceMoreAfterTenMinutes()
    {
        EvidenceRecorder recorder = Recorder();
        for (int scan = 0; scan < 100; scan++)
        {
            await ScanAsync(recorder, Process(7, 1000));
            _time.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(["fd-evidence-20270115T080000Z-app7-7-process_at_limit.json", "fd-evidence-20270115T081000Z-app7-7-process_at_limit.json"], Names());
    }

    [Fact]
    public async Task AllThatOneProcessCrossesAtATime_IsOneFile()
    {
        await ScanAsync(Recorder(), handles: 16_000, Process(7, 1000), Process(8, 10));
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, Assert.Single(Names()))));
        Assert.Equal(
            ["process_at_limit critical", "system_handles_high warning"],
            document.RootElement.GetProperty("findings").EnumerateArray().Select(static each => $"{each.GetProperty("rule").GetString()} {each.GetProperty("severity").GetString()}"));
        Assert.Equal(16_000, document.RootElement.GetProperty("file_handles").GetProperty("allocated").GetInt64());
    }

    [Fact]
    public async Task Handles_AreCountedOnlyWhereTheVerdictSpeaksOfThem_AndNotOnEachScan()
    {
        EvidenceRecorder recorder = Recorder();
        await ScanAsync(recorder, handles: 14_000, Process(7, 1000));
        Assert.Equal(0, _counted);
        for (int scan = 0; scan < 4; scan++)
        {
            await ScanAsync(recorder, handles: 16_000, Process(7, 1000));
            _time.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.Equal(1, _counted);
        _time.Advance(VerdictInputs.KeptFor);
        await ScanAsync(recorder, handles: 16_000, Process(7, 1000));
        Assert.Equal(2, _counted);
    }

    [Fact]
    public async Task HealthyHost_AndWhatHasNoCulprit_IsNotWritten()
    {
        EvidenceRecorder recorder = Recorder();
        await ScanAsync(recorder, Process(7, 10));
        await recorder.RecordAsync(
            new GroupedHost { Snapshot = Snapshots.Of() with { FileHandles = new FileHandles(16_000, 20_000, null) } }, TestContext.Current.CancellationToken);
        Assert.False(Directory.Exists(Folder));
        Assert.Empty(_inspected);
    }

    [Fact]
    public async Task Climb_IsWrittenLikeAnyOtherFinding()
    {
        EvidenceRecorder recorder = Recorder();
        for (int minute = 0; minute <= 1500; minute++)
        {
            await ScanAsync(recorder, Holding(7, FdType.DeletedFile, 200 + (2 * minute)));
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(2, Names().Length);
        Assert.All(Names(), static name => Assert.EndsWith("-app7-7-fds_climbing.json", name, StringComparison.Ordinal));
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, Names()[0])));
        Assert.Equal(120, document.RootElement.GetProperty("process").GetProperty("growth_per_hour").GetDouble(), 1.0);
        Assert.EndsWith(
            LeakSite.Of(new ProgramRuntime(RuntimeKind.Java, ""), 7, "openat"),
            document.RootElement.GetProperty("findings")[0].GetProperty("advice").GetString(),
            StringComparison.Ordinal);
        Assert.Equal("Java", document.RootElement.GetProperty("runtime").GetString());
    }

    [Fact]
    public async Task SocketsInNoTable_AreFoundAsOnThePages_WithoutALookOnEachScan()
    {
        EvidenceRecorder recorder = Recorder();
        FdSample[] fds = [.. Enumerable.Range(0, 600).Select(static i => new FdSample(i, FdType.Socket, $"socket:[{i}]", new SocketSample(SocketProtocol.Tcp, IsInNoTable: true)))];
        for (int scan = 0; scan < 4; scan++)
        {
            await ScanAsync(recorder, Holding(7, FdType.Socket, 600, fds));
            _time.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.EndsWith("-app7-7-sockets_in_no_table.json", Assert.Single(Names()), StringComparison.Ordinal);
        Assert.Equal(2, _inspected.Count);
    }

    [Fact]
    public async Task ProcessThatIsGone_OrAnotherOfThatPid_IsNotWritten()
    {
        EvidenceRecorder recorder = Recorder();
        GroupedHost host = Host(null, Process(7, 1000), Process(8, 1000));
        _processes = new() { [8] = Inspection(Process(8, 1000).Sample with { Id = new ProcessId(8, 2) }, []) };
        await recorder.RecordAsync(host, TestContext.Current.CancellationToken);
        await recorder.RecordAsync(host, TestContext.Current.CancellationToken);
        Assert.Equal([7, 8], _inspected);
        Assert.False(Directory.Exists(Folder));
        Assert.Equal(0, await ValueOf(Failures));
    }

    [Fact]
    public async Task ProcessThatCannotBeLookedInto_DoesNotKeepTheOthersFromBeingWritten()
    {
        EvidenceRecorder recorder = Recorder(pid => pid == 7 ? throw new TimeoutException("too busy") : pid);
        await ScanAsync(recorder, Process(7, 1000), Process(8, 1000));
        Assert.EndsWith("-app8-8-process_at_limit.json", Assert.Single(Names()), StringComparison.Ordinal);
        Assert.Equal(1, await ValueOf(Failures));
        await ScanAsync(recorder, Process(7, 1000), Process(8, 1000));
        Assert.Equal([7, 8], _inspected);
    }

    [Fact]
    public async Task FolderThatCannotBeUsed_IsSaidOnce_TriedOnceAMinute_AndSaidWhenItWorks()
    {
        File.WriteAllText(Folder, "");
        EvidenceRecorder recorder = Recorder();
        recorder.Prepare();
        Assert.Equal(1, await ValueOf(Failures));
        for (int second = 0; second < 300; second += 15)
        {
            await ScanAsync(recorder, Process(7, 1000));
            _time.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.Equal((0, 1 + 5), (await ValueOf(Written), await ValueOf(Failures)));
        Assert.Equal(5, _inspected.Count);
        string line = Assert.Single(_log.Lines);
        Assert.StartsWith("Warning Evidence cannot be written", line, StringComparison.Ordinal);
        Assert.Contains(Folder, line, StringComparison.Ordinal);

        File.Delete(Folder);
        await ScanAsync(recorder, Process(7, 1000));
        Assert.Single(Names());
        Assert.Equal((1, 1 + 5), (await ValueOf(Written), await ValueOf(Failures)));
        Assert.Equal(["Warning Evidence cannot be written", "Information Evidence written", "Information Evidence can be written again"], _log.Lines.Select(Message));
    }

    [Fact]
    public async Task MoreAtATimeThanFiles_KeepsTheMostImportant()
    {
        EvidenceRecorder recorder = Recorder(maxFiles: 3);
        (ProcessSample, ProcessHoldings?, FdSample[])[] processes = [.. Enumerable.Range(10, 50).Select(static pid => Process(pid, pid is 20 or 30 or 40 ? 1000 : 900))];
        for (int scan = 0; scan < 3; scan++)
        {
            await ScanAsync(recorder, processes);
            _time.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.Equal(["20", "30", "40"], Names().Select(static name => name.Split('-')[4]).Order());
        Assert.Equal(3, _inspected.Count);
    }

    [Fact]
    public async Task ManyCrossingsOverTime_LeaveSoManyFiles_TheNewest()
    {
        EvidenceRecorder recorder = Recorder(maxFiles: 3);
        for (int pid = 10; pid < 20; pid++)
        {
            await ScanAsync(recorder, Process(pid, 1000));
            _time.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.Equal(["17", "18", "19"], Names().Select(static name => name.Split('-')[4]));
        Assert.Equal(10, await ValueOf(Written));
    }

    [Fact]
    public async Task LessSevere_DrivesOutNothingMoreSevere_AndIsSaidOnce()
    {
        EvidenceRecorder recorder = Recorder(maxFiles: 2);
        await ScanAsync(recorder, Process(7, 1000), Process(8, 1000));
        _time.Advance(TimeSpan.FromSeconds(15));
        await ScanAsync(recorder, Process(7, 1000), Process(8, 1000), Process(9, 900));
        await ScanAsync(recorder, Process(7, 1000), Process(8, 1000), Process(9, 900));
        Assert.Equal(["7", "8"], Names().Select(static name => name.Split('-')[4]));
        Assert.Single(_log.Lines, static line => line.Contains("more severe", StringComparison.Ordinal));
        Assert.Equal((2, 0, 1), (await ValueOf(Written), await ValueOf(Failures), await ValueOf(NoRoom)));
        _time.Advance(TimeSpan.FromSeconds(15));
        await ScanAsync(recorder, Process(7, 1000), Process(8, 1000), Process(10, 1000));
        Assert.Equal(["8", "10"], Names().Select(static name => name.Split('-')[4]));
    }

    /// <summary>New names, new processes, all at once and before the culprit or one after the other: all of one user.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ManyCheapCrossingsOfOneUser_DriveOutNobodysFile_AndCostABoundedNumberOfLooks(bool atOnce)
    {
        EvidenceRecorder recorder = Recorder();
        if (!atOnce)
        {
            await ScanAsync(recorder, Of("payment", Process(7, 900)));
        }

        for (int round = 0; round < 40; round++)
        {
            (ProcessSample, ProcessHoldings?, FdSample[])[] decoys = [.. Enumerable.Range(0, atOnce ? 30 : 1).Select(i => Of("mallory", Process(1000 + (round * 100) + i, 5, softLimit: 5)))];
            await ScanAsync(recorder, [.. decoys, Of("payment", Process(7, 900))]);
            _time.Advance(TimeSpan.FromSeconds(30));
        }

        // Once more after ten minutes.
        Assert.Equal(2, Names().Count(static name => name.EndsWith("-app7-7-process_near_limit.json", StringComparison.Ordinal)));
        Assert.Equal(7, Names().Length);
        Assert.Equal(7, _inspected.Count);
        Assert.Equal((atOnce ? 40 * 30 : 40) - 5, await ValueOf(Postponed));
        Assert.Single(_log.Lines, static line => line.StartsWith("Warning Evidence postponed", StringComparison.Ordinal) && line.Contains("user mallory", StringComparison.Ordinal));
        _time.Advance(EvidenceShares.Period);
        await ScanAsync(recorder, Of("mallory", Process(9000, 5, softLimit: 5)));
        Assert.Equal(8, _inspected.Count);
    }

    [Fact]
    public async Task ManyOfOneUserThatCannotBeLookedInto_CostOneWait_AndKeepNobodysFromBeingWritten()
    {
        EvidenceRecorder recorder = Recorder(pid => pid >= 1000 ? throw new TimeoutException("hangs") : pid);
        for (int round = 0; round < 3; round++)
        {
            await ScanAsync(recorder, [.. Enumerable.Range(1000, 50).Select(static pid => Of("mallory", Process(pid, 5, softLimit: 5))), Of("payment", Process(7, 900))]);
            _time.Advance(EvidenceRecorder.RetryAfter);
        }

        Assert.EndsWith("-app7-7-process_near_limit.json", Assert.Single(Names()), StringComparison.Ordinal);
        Assert.Equal([1000, 7, 1000, 1000], _inspected);
    }

    [Fact]
    [Needs("root")]
    public async Task FolderOnADeadDisk_IsCountedAndSaidOnce_AndUsedWhenItAnswers()
    {
        _thread.Dispose();
        _thread = new FileThread(TimeSpan.FromSeconds(1));
        EvidenceRecorder recorder = Recorder();
        recorder.Prepare();
        using (DeadDisk.Over(Folder))
        {
            for (int scan = 0; scan < 6; scan++)
            {
                await ScanAsync(recorder, Process(7, 1000));
                _time.Advance(EvidenceRecorder.RetryAfter / 2);
            }

            Assert.Equal((0, 3), (await ValueOf(Written), await ValueOf(Failures)));
            Assert.Contains("no answer within 1 s", Assert.Single(_log.Lines), StringComparison.Ordinal);
        }

        // The write that waits there fails a moment later.
        for (int i = 0; i < 1000 && Names().Length == 0; i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
            _time.Advance(EvidenceRecorder.RetryAfter);
            await ScanAsync(recorder, Process(7, 1000));
        }

        Assert.Single(Names());
    }

    [Fact]
    public async Task Crossing_ThatBecomesMoreSevere_IsWrittenAgain_AndNotWhenItBecomesLess()
    {
        EvidenceRecorder recorder = Recorder();
        ConnectionSample[] leak = [WatchedHost.Outbound(0, "192.0.2.1:443", 140)];
        foreach (int seconds in (int[])[5, 59, 60, 300, 600, 900, 120])
        {
            await ScanAsync(recorder, [.. leak.Select(each => each.For(seconds))], Holding(7, FdType.File, 300));
            _time.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.Equal(["note", "warning"], Names().Select(SeverityIn));
    }

    [Fact]
    public async Task AFewThatHaveBeenStuckForLong_AreNotWritten()
    {
        await ScanAsync(Recorder(), [WatchedHost.Outbound(0, "192.0.2.1:443", 80)], Holding(7, FdType.File, 300));
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task Defect_IsCountedAndSaid_AndTheNextScanIsWritten()
    {
        bool isBroken = true;
        EvidenceRecorder recorder = Recorder(pid => isBroken ? throw new InvalidOperationException("a defect") : pid);
        await ScanAsync(recorder, Process(7, 1000));
        Assert.Equal(1, await ValueOf(Failures));
        Assert.Contains("a defect", Assert.Single(_log.Lines), StringComparison.Ordinal);
        isBroken = false;
        _time.Advance(EvidenceRecorder.RetryAfter);
        await ScanAsync(recorder, Process(7, 1000));
        Assert.Single(Names());
    }

    [Fact]
    public async Task ToldToEnd_IsNoFailure()
    {
        using CancellationTokenSource end = new();
        EvidenceRecorder recorder = Recorder(pid =>
        {
            end.Cancel();
            throw new OperationCanceledException(end.Token);
        });
        GroupedHost host = Host(null, Process(7, 1000));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => recorder.RecordAsync(host, end.Token));
        Assert.Equal(0, await ValueOf(Failures));
    }

    private EvidenceRecorder Recorder(Func<int, int>? look = null, int maxFiles = 20)
    {
        Thresholds thresholds = new();
        VerdictInputs inputs = new(_history, thresholds, InspectAsync, CountAsync, _time);
        return new EvidenceRecorder(new EvidenceRecorder.Settings(Folder, maxFiles, thresholds, Collectors.None), _thread, inputs, InspectAsync, _exporter, _time, _log);

        Task<ProcessInspection?> InspectAsync(int pid, CancellationToken cancellation)
        {
            _inspected.Add(pid);
            return Task.FromResult(_processes.GetValueOrDefault(look?.Invoke(pid) ?? pid));
        }

        Task<HandleCount?> CountAsync(ProcessTable processes, CancellationToken cancellation)
        {
            _counted++;
            return Task.FromResult<HandleCount?>(new HandleCount(9010, 9010, new ProgramHandles("app7", 1, 9000, 9000, 0, new ProcessId(7, 1), 9000)));
        }
    }

    private Task ScanAsync(EvidenceRecorder recorder, params (ProcessSample, ProcessHoldings?, FdSample[])[] processes) => ScanAsync(recorder, handles: null, processes);

    private Task ScanAsync(EvidenceRecorder recorder, ulong? handles, params (ProcessSample Sample, ProcessHoldings?, FdSample[] Fds)[] processes)
    {
        _processes = processes.ToDictionary(static each => each.Sample.Id.Pid, each => Inspection(each.Sample, each.Fds));
        GroupedHost host = Host(handles, processes);
        _history.Add(host);
        return recorder.RecordAsync(host, TestContext.Current.CancellationToken);
    }

    private Task ScanAsync(EvidenceRecorder recorder, ConnectionSample[] connections, params (ProcessSample Sample, ProcessHoldings?, FdSample[] Fds)[] processes)
    {
        _processes = processes.ToDictionary(static each => each.Sample.Id.Pid, each => Inspection(each.Sample, each.Fds));
        HostSnapshot snapshot = Host(null, processes).Snapshot;
        GroupedHost host = _grouper.Group(snapshot with { Ownership = snapshot.Ownership! with { Connections = [.. connections] } });
        _history.Add(host);
        return recorder.RecordAsync(host, TestContext.Current.CancellationToken);
    }

    private string SeverityIn(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, name)));
        return document.RootElement.GetProperty("findings")[0].GetProperty("severity").GetString()!;
    }

    private GroupedHost Host(ulong? handles, params (ProcessSample Sample, ProcessHoldings? Holdings, FdSample[])[] processes)
        => _grouper.Group(Snapshots.Of([.. processes.Select(static each => each.Sample)]) with
        {
            FileHandles = handles is { } allocated ? new FileHandles(allocated, long.MaxValue, null) : null,
            Ownership = new SocketOwnership([.. processes.Select(static each => each.Holdings)], default, default, [], 0, 0),
        });

    private static (ProcessSample Sample, ProcessHoldings? Holdings, FdSample[] Fds) Process(int pid, long open, ulong softLimit = 1024) => (Snapshots.Process(pid, $"app{pid}", open, softLimit), null, []);

    private static (ProcessSample, ProcessHoldings?, FdSample[]) Of(string user, (ProcessSample Sample, ProcessHoldings? Holdings, FdSample[] Fds) process)
        => process with { Sample = process.Sample with { Facts = process.Sample.Facts with { User = user } } };

    private static (ProcessSample, ProcessHoldings?, FdSample[]) Holding(int pid, FdType type, int count, params FdSample[] fds)
    {
        FdTypeCounts types = default;
        types[type] = count;
        return (Snapshots.Process(pid, $"app{pid}", count, 1_000_000), new ProcessHoldings(types, default), fds);
    }

    private ProcessInspection Inspection(ProcessSample process, FdSample[] fds) => new()
    {
        TakenAt = _time.GetUtcNow(),
        Process = process,
        Arguments = [],
        IsVisible = true,
        Program = new RunningProgram("/usr/bin/java", null, IsReplaced: false, new ProgramRuntime(RuntimeKind.Java, "")),
        Types = default,
        Fds = [.. fds],
        Unlisted = 0,
        IsCutShort = false,
    };

    private static string Message(string line) => string.Join(' ', line.Split(' ').TakeWhile(static word => !word.Contains('=', StringComparison.Ordinal))).TrimEnd();

    private string[] Names() => [.. Directory.GetFiles(Folder).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private async Task<double> ValueOf(string counter)
    {
        string text = Encoding.UTF8.GetString(await Exposition.WriteAsync(Prometheus.ExpositionFormat.PrometheusText, _exporter.Registry));
        string line = text.Split('\n').Single(line => line.StartsWith(counter + " ", StringComparison.Ordinal));
        return double.Parse(line[counter.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
