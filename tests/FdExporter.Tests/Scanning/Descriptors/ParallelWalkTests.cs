using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using FdExporter.EndToEnd.Testing;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Processes;
using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning.Descriptors;

/// <summary>Several threads that walk real processes, compared with one.</summary>
public sealed class ParallelWalkTests : IClassFixture<ParallelWalkTests.Labs>, IDisposable
{
    private readonly ProcFs _procFs = ProcFs.Open("/proc");
    private readonly IReadOnlyList<LeakLab> _labs;
    private ILookup<int, int> _children = null!;
    private ProcessTable _table = null!;
    private TcpSocketTable _sockets = null!;

    public ParallelWalkTests(Labs labs)
    {
        _labs = labs.All;
        ReadTables();
    }

    public void Dispose() => _procFs.Dispose();

    [Fact]
    public void Collect_ByFourThreads_FindsWhatOneFinds()
    {
        SocketOwnership alone = Collector(threads: 1).Collect(_table, _sockets, Minute());
        SocketOwnership together = Collector(threads: 4).Collect(_table, _sockets, Minute());
        Assert.Equal(Findings(alone), Findings(together));
        Assert.Contains("close_wait=700", Findings(together), StringComparison.Ordinal);
        Assert.Equal((0, 0), (alone.UnwalkedProcesses, together.UnwalkedProcesses));
        CheckSums(together);
    }

    [Fact]
    public void Collect_Cold_SeveralThreadsWalkAtOnce_Warm_TheScansOwn()
    {
        AwaitedClock clock = new();
        Deadline deadline = new(clock, TimeSpan.FromHours(1));
        SocketOwnerCollector collector = Collector(threads: 4);
        clock.IsAwaited = true;
        collector.Collect(_table, _sockets, deadline);
        Assert.InRange(clock.Threads.Count, 2, 4);
        clock.IsAwaited = false;
        clock.Threads.Clear();
        Assert.Contains(Enumerable.Range(0, 1000), _ => collector.Collect(_table, _sockets, deadline).WalkedFds > 0);
        Assert.Equal([Environment.CurrentManagedThreadId], clock.Threads.Keys);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1_000_000)]
    public void Collect_OnOneProcessor_OrWithLittleToWalk_StartsNoThread(int threads, long manyFds)
    {
        AwaitedClock clock = new();
        new SocketOwnerCollector(_procFs, TimeProvider.System) { Threads = threads, ManyFds = manyFds }
            .Collect(_table, _sockets, new Deadline(clock, TimeSpan.FromHours(1)));
        Assert.Equal([Environment.CurrentManagedThreadId], clock.Threads.Keys);
    }

    [Fact]
    public void Collect_OutOfTime_ReportsTheRest_AndReachesTheSameResult()
    {
        // Each reading of the clock takes a second, on any thread.
        FakeTimeProvider time = new() { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        SocketOwnerCollector collector = Collector(threads: 4);
        SocketOwnership ownership = collector.Collect(_table, _sockets, new Deadline(time, TimeSpan.FromSeconds(6)));
        Assert.NotEqual(0, ownership.UnwalkedProcesses);
        Assert.InRange(ownership.WalkedFds, 1, 10 * 64);
        int scans = 1;
        while (ownership.UnwalkedProcesses > 0 && scans++ < 2000)
        {
            ownership = collector.Collect(_table, _sockets, new Deadline(time, TimeSpan.FromSeconds(6)));
            CheckSums(ownership);
        }

        Assert.InRange(scans, 3, 2000);
        Assert.Equal(Findings(Collector(threads: 1).Collect(_table, _sockets, Minute())), Findings(ownership));
    }

    [Fact]
    public void Run_OutOfTime_LeavesTheEndOfTheQueue()
    {
        FakeTimeProvider time = new() { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        (int, FdTables, FdPosition)[] queue = [.. Enumerable.Repeat((_labs[0].Child.Pid, FdTables.One, default(FdPosition)), 100)];
        FoundLinks?[] found = ParallelWalk.Run(_procFs, queue, new Deadline(time, TimeSpan.FromSeconds(20)), 4, out _);
        int begun = found.Count(static links => links is not null);
        Assert.InRange(begun, 1, 20);

        // With four threads, three may come late while the last does not.
        Assert.InRange(Array.FindLastIndex(found, static links => links is not null) + 1, begun, begun + 3);
    }

    [Fact]
    public async Task Collect_ProcessesEndMeanwhile_TheOthersAreWhole()
    {
        await using LeakLab ended = await LeakLab.StartAsync(Labs.Processes);
        ReadTables();
        string before = Findings(Collector(threads: 1).Collect(_table, _sockets, Minute()));
        int[] children = [.. _children[ended.Child.Pid]];
        Assert.Equal(40, children.Length);
        Task ending = Task.Factory.StartNew(
            () =>
            {
                foreach (int pid in children)
                {
                    using Process child = Process.GetProcessById(pid);
                    child.Kill();
                    Thread.Yield();
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        bool isOver;
        do
        {
            isOver = ending.IsCompleted;
            SocketOwnership ownership = Collector(threads: 4).Collect(_table, _sockets, Minute());
            Assert.Equal(before, Findings(ownership));
            CheckSums(ownership);
        }
        while (!isOver);
        await ending;
    }

    [Fact]
    public void Collect_WhereAWalkFails_FailsAsOneThreadDoes()
    {
        using FixtureHost host = new();
        host.Delete("8/fd");
        File.CreateSymbolicLink(host.PathOf("8/fd"), "fd");
        using ProcFs procFs = ProcFs.Open(host.Root);
        string alone = Assert.Throws<KernelException>(() => Collect(1)).Message;
        Assert.Contains("8/fd", alone, StringComparison.Ordinal);
        Assert.Equal(alone, Assert.Throws<KernelException>(() => Collect(4)).Message);

        SocketOwnership Collect(int threads)
        {
            ProcessFacts facts = _table.Processes.First(static process => process.Facts is { Visibility: ProcessVisibility.Full, IsKernelThread: false }).Facts;
            ProcessTable table = _table with { Processes = [new(new ProcessId(8, 1), 10, facts), new(new ProcessId(9, 1), 10, facts)] };
            return new SocketOwnerCollector(procFs, TimeProvider.System) { Threads = threads, ManyFds = 1 }.Collect(table, new TcpSocketTable(TimeProvider.System), Minute());
        }
    }

    private void ReadTables()
    {
        using TcpCollector tcp = new(_procFs, TimeProvider.System);
        _table = new ProcessCollector(_procFs, static process => process.Comm, TimeProvider.System).Collect(Minute());
        _sockets = tcp.Collect(_table, Minute());
        _children = _table.Processes.Select(static process => process.Id.Pid).ToLookup(ParentOf);
    }

    private static Deadline Minute() => new(TimeProvider.System, TimeSpan.FromMinutes(1));

    private SocketOwnerCollector Collector(int threads) => new(_procFs, TimeProvider.System) { Threads = threads, ManyFds = 1 };

    /// <summary>No socket is counted twice or lost, although other programs open and close some.</summary>
    private void CheckSums(SocketOwnership ownership)
        => Assert.Equal(
            _sockets.Namespaces.Sum(static each => each.Sockets.Total),
            ownership.Holdings.Sum(static each => each?.Sockets.Total ?? 0) + ownership.Unattributed.Total + ownership.WithoutInode.Total);

    /// <summary>The findings about the labs and their children; other programs on the machine change.</summary>
    private string Findings(SocketOwnership ownership)
    {
        HashSet<int> pids = [.. _labs.SelectMany(lab => _children[lab.Child.Pid].Append(lab.Child.Pid))];
        List<string> lines = [];
        for (int i = 0; i < _table.Processes.Length; i++)
        {
            if (pids.Contains(_table.Processes[i].Id.Pid))
            {
                lines.Add(FormattableString.Invariant($"{_table.Processes[i].Id.Pid}: {Text(ownership.Holdings[i])}"));
                lines.AddRange(ownership.Connections.Where(each => each.Process == i).Select(static each => $"  {each.Direction} {each.Address} {each.Cause} {each.Count}"));
            }
        }

        return string.Join('\n', lines);
    }

    // 11342 (app server) S 1 ...
    private static int ParentOf(int pid)
    {
        try
        {
            string stat = File.ReadAllText(FormattableString.Invariant($"/proc/{pid}/stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 4)..].Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static string Text(ProcessHoldings? holdings)
        => holdings is null
            ? "unknown"
            : string.Join(
                ' ',
                FdTypeNames.All.Select((name, type) => FormattableString.Invariant($"{name}={holdings.Types[type]}"))
                    .Concat(TcpStateNames.All.Select((name, state) => FormattableString.Invariant($"{name}={holdings.Sockets[state]}"))));

    /// <summary>Records the threads that read it and, if awaited, blocks the first until a second one comes.</summary>
    private sealed class AwaitedClock : TimeProvider
    {
        internal ConcurrentDictionary<int, bool> Threads { get; } = [];

        internal bool IsAwaited { get; set; }

        public override long GetTimestamp()
        {
            Threads.TryAdd(Environment.CurrentManagedThreadId, true);
            if (IsAwaited)
            {
                Assert.True(SpinWait.SpinUntil(() => Threads.Count > 1, TimeSpan.FromMinutes(1)), "no second thread came");
            }

            return base.GetTimestamp();
        }
    }

    /// <summary>The programs that are walked. No test changes them.</summary>
    public sealed class Labs : IAsyncLifetime
    {
        internal static readonly string[] Processes = ["processes", "--processes", "40", "--fds", "90"];

        private readonly List<LeakLab> _all = [];

        internal IReadOnlyList<LeakLab> All => _all;

        public async ValueTask InitializeAsync()
        {
            _all.Add(await LeakLab.StartAsync(Processes));
            _all.Add(await LeakLab.StartAsync("close-wait", "--count", "700", "--hold-peer"));
            _all.Add(await LeakLab.StartAsync("established", "--count", "300"));
            _all.Add(await LeakLab.StartAsync("fds", "--count", "50", "--type", "pipe", "--type", "unix", "--type", "memfd", "--type", "deleted_file"));
        }

        public async ValueTask DisposeAsync()
        {
            foreach (LeakLab lab in _all)
            {
                await lab.DisposeAsync();
            }
        }
    }
}
