using System.Collections.Immutable;
using FdExporter.EndToEnd.Testing;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Processes;
using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning.Processes;

/// <summary>
/// Processes of the real kernel whose descriptors are not in <c>/proc/PID/fd</c>: the main thread has ended, or a thread has
/// its own table. Unless stated otherwise none of them is young, so that only what is due is read.
/// </summary>
[Needs("root", "gcc", "setpriv")]
public sealed class ThreadTablesTests : IDisposable
{
    private const Collectors All = Collectors.Process | Collectors.Tcp | Collectors.SocketOwner;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow.AddHours(1));
    private readonly HostScanner _scanner;

    public ThreadTablesTests() => _scanner = Scanner();

    public void Dispose() => _scanner.Dispose();

    [Fact]
    public async Task MainThreadThatHasEnded_DescriptorsAreThoseOfAThreadThatLives()
    {
        await using ThreadsProgram program = await ThreadsProgram.StartAsync("leader", "vleader");
        await program.TellAsync("open 20");
        await program.TellAsync("leak 30");
        (ProcessSample process, ProcessHoldings? holdings) = Scan(program.Pid);
        Assert.Equal((53, "vleader", ProcessVisibility.Full, false), (process.OpenFds, process.Facts.Comm, process.Facts.Visibility, process.Facts.IsZombie));
        Assert.Equal([program.Thread], process.Facts.Tables.Threads);
        Assert.True(process.Facts.Tables.IsComplete);
        Assert.NotNull(process.Facts.NetNamespace);
        Assert.NotNull(process.Facts.Limits);
        Assert.Equal((30, 20), (holdings!.Sockets[TcpState.CloseWait], holdings.Types[FdType.Device]));
        ProcessInspection inspection = Inspect(program.Pid).Inspection!;
        Assert.Equal((true, 53, "leader"), (inspection.IsVisible, inspection.Fds.Length, inspection.Arguments[1]));
        Assert.Equal(30, inspection.Fds.Count(static fd => fd.Socket is { State: TcpState.CloseWait, Protocol: SocketProtocol.Tcp }));
    }

    [Fact]
    public async Task MainThreadThatEndsLater_AndThreadsThatHandOver_AreNoticedInTheSameScan()
    {
        await using ThreadsProgram program = await ThreadsProgram.StartAsync("alone", "vpass");
        await program.TellAsync("open 20");
        Assert.Equal(23, Scan(program.Pid).Process.OpenFds);
        for (int i = 0; i < 4; i++)
        {
            await program.TellAsync("pass");
            await program.TellAsync("open 1");
            (ProcessSample process, ProcessHoldings? holdings) = Scan(program.Pid);
            Assert.Equal((24 + i, 21 + i), (process.OpenFds, holdings!.Types[FdType.Device]));
            Assert.Equal([program.Thread], process.Facts.Tables.Threads);
        }

        Assert.Equal(0, await program.EndAsync());
        Assert.DoesNotContain(Table().Processes, each => each.Id.Pid == program.Pid);
    }

    [Fact]
    public async Task ThreadWithItsOwnTable_IsCountedInItsProcess()
    {
        await using ThreadsProgram program = await ThreadsProgram.StartAsync("own", "vown");
        await program.TellAsync("open 20");
        await program.TellAsync("leak 30");
        (ProcessSample process, ProcessHoldings? holdings) = Scan(program.Pid);
        Assert.Equal((56, 53), (process.OpenFds, process.LargestTable));
        Assert.Equal([program.Pid, program.Thread], process.Facts.Tables.Threads);
        Assert.Equal((30, 20), (holdings!.Sockets[TcpState.CloseWait], holdings.Types[FdType.Device]));
        Assert.Equal(53.0 / process.Facts.Limits!.Soft, process.FdRatio);

        // Both threads keep their descriptors; new ones in one of them show at once.
        await program.TellAsync("open 5");
        (process, holdings) = Scan(program.Pid);
        Assert.Equal((61, 25), (process.OpenFds, holdings!.Types[FdType.Device]));
        ProcessInspection inspection = Inspect(program.Pid).Inspection!;
        Assert.Equal((61, 58), (inspection.Fds.Length, inspection.Fds.Count(fd => fd.Thread == program.Thread)));
        Assert.Null(inspection.Thread);
    }

    [Fact]
    public async Task TableOfItsOwn_TakenByAThreadThatIsKnown_IsFoundInItsTurn_AndFollowedToItsNextThread()
    {
        await using ThreadsProgram program = await ThreadsProgram.StartAsync("shared", "vlater");
        Assert.Equal((3, true, 0), Seen());
        await program.TellAsync("own");
        await program.TellAsync("open 20");
        Assert.Contains(Enumerable.Range(0, FdTableChecks.Every), _ => Seen() == (26, true, 2));

        // A thread that it starts shares its table. When the first of the two has ended, the table is read from the other.
        await program.TellAsync("pass");
        Assert.Equal((26, true, 2), Seen());
        Assert.Equal(program.Thread, Scan(program.Pid).Process.Facts.Tables.Threads[1]);

        (long?, bool, int) Seen() => Scan(program.Pid).Process is var seen
            ? (seen.OpenFds, seen.Facts.Tables.IsComplete, seen.Facts.Tables.Threads.Length)
            : default;
    }

    [Fact]
    public async Task EveryTable_IsWalkedInParallelAndInPieces_LikeOne()
    {
        await using ThreadsProgram program = await ThreadsProgram.StartAsync("own", "vpieces");
        await program.TellAsync("open 300");
        await program.TellAsync("own");
        ProcessTable table = Table();
        int index = Enumerable.Range(0, table.Processes.Length).Single(i => table.Processes[i].Id.Pid == program.Pid);
        table = table with { Processes = [table.Processes[index]] };
        using ProcFs procFs = ProcFs.Open("/proc");

        // Each reading of the clock takes a second, and it is read once in 64 descriptors.
        FakeTimeProvider time = new() { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        SocketOwnerCollector collector = new(procFs, time) { Threads = 1 };
        SocketOwnership ownership = collector.Collect(table, new TcpSocketTable(TimeProvider.System), new Deadline(time, TimeSpan.FromSeconds(3)));
        Assert.Equal(1, ownership.UnwalkedProcesses);
        for (int scans = 0; ownership.UnwalkedProcesses > 0; scans++)
        {
            Assert.InRange(scans, 0, 100);
            ownership = collector.Collect(table, new TcpSocketTable(TimeProvider.System), new Deadline(time, TimeSpan.FromSeconds(3)));
        }

        Assert.Equal((300, 306), (ownership.Holdings[0]!.Types[FdType.Device], Enumerable.Range(0, FdTypeCounts.Length).Sum(type => ownership.Holdings[0]!.Types[(FdType)type])));
        FoundLinks links = ParallelWalk.Run(procFs, [(program.Pid, table.Processes[0].Facts.Tables, default)], new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1)), 4, out _)[0]!;
        Assert.Equal((306, 300), (links.Count, links.Types[FdType.Device]));
    }

    [Fact]
    public async Task ThreadThatIsAskedFor_ShowsItsOwnTable_OrWhoseItIs()
    {
        await using ThreadsProgram own = await ThreadsProgram.StartAsync("own", "vown");
        await own.TellAsync("open 20");
        ProcessInspection inspection = Inspect(own.Thread).Inspection!;
        Assert.Equal((own.Thread, own.Pid, 23, 23), (inspection.Thread, inspection.Process.Id.Pid, inspection.Process.OpenFds, inspection.Fds.Length));
        await using ThreadsProgram shared = await ThreadsProgram.StartAsync("shared", "vshared");
        InspectionAnswer answer = Inspect(shared.Thread);
        Assert.Null(answer.Inspection);
        Assert.Equal((shared.Pid, "vshared"), (answer.ThreadOf!.Value.Id.Pid, answer.ThreadOf.Value.Facts.Group));
        await using ThreadsProgram leader = await ThreadsProgram.StartAsync("leader", "vleader");
        Assert.Equal(leader.Pid, Inspect(leader.Thread).ThreadOf?.Id.Pid);
        Assert.Equal(InspectionAnswer.None, Inspect(int.MaxValue));
    }

    /// <summary>Without ptrace access: a table of another size is found at the second scan, and the list is not called complete.</summary>
    [Fact]
    public async Task WithoutPtraceAccess_UnknownTablesAreCounted_AndATableOfAnotherSizeIsFoundAtTheSecondScan()
    {
        await using ThreadsProgram shared = await ThreadsProgram.StartAsync("shared", "vshared", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
        await using ThreadsProgram own = await ThreadsProgram.StartAsync("own", "vown", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
        await using ThreadsProgram leader = await ThreadsProgram.StartAsync("leader", "vleader", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
        await own.TellAsync("open 20");
        await leader.TellAsync("open 20");
        Assert.Equal(0, Table().CountOfUncheckedTables(amongVisible: true));
        Privileges.Without(
            () =>
            {
                using HostScanner scanner = Scanner();
                ProcessTable first = Table(scanner);
                Assert.InRange(first.CountOfUncheckedTables(), 2, int.MaxValue);
                Assert.Equal((3, false), Of(first, shared));
                Assert.Equal((3, false), Of(first, own));
                Assert.Equal((23, true), Of(first, leader));
                ProcessTable[] later = [.. Enumerable.Range(0, FdTableChecks.Every).Select(_ => Table(scanner))];
                Assert.All(later, table => Assert.Equal((3, false), Of(table, shared)));
                Assert.Equal((26, false), Of(later[^1], own));
                return 0;
            },
            Privileges.SysPtrace);

        static (long?, bool) Of(ProcessTable table, ThreadsProgram program)
            => table.Processes.Single(each => each.Id.Pid == program.Pid) is var process ? (process.OpenFds, process.Facts.Tables.IsComplete) : default;
    }

    [Fact]
    public async Task ProcessOfManyThreads_CostsNoMemoryWhenItsTurnComes()
    {
        await using ThreadsProgram program = await ThreadsProgram.StartAsync("own", "vmany");
        for (int i = 0; i < 50; i++)
        {
            await program.TellAsync("thread");
        }

        using ProcFs procFs = ProcFs.Open("/proc");
        FdTableFinder finder = new(procFs, new FdDirectory(procFs));
        ImmutableArray<int> suspects = default;
        Assert.Equal(ReadStatus.Ok, finder.TryFind(program.Pid, false, FdTables.One, ref suspects, out FdTables tables));
        Assert.Equal([program.Pid, program.Thread], tables.Threads);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            finder.TryFind(program.Pid, false, tables, ref suspects, out FdTables again);
            Assert.Same(tables, again);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private HostScanner Scanner() => new("/proc", static process => process.Comm, _time, new ListLogger<HostScanner>());

    private Deadline Minute() => new(_time, TimeSpan.FromMinutes(1));

    private ProcessTable Table(HostScanner? scanner = null) => (scanner ?? _scanner).Scan(Collectors.Process, Minute()).Processes!;

    private (ProcessSample Process, ProcessHoldings? Holdings) Scan(int pid)
    {
        HostSnapshot snapshot = _scanner.Scan(All, Minute());
        int index = Enumerable.Range(0, snapshot.Processes!.Processes.Length).Single(i => snapshot.Processes.Processes[i].Id.Pid == pid);
        return (snapshot.Processes.Processes[index], snapshot.Ownership!.Holdings[index]);
    }

    private InspectionAnswer Inspect(int pid) => _scanner.Inspect(pid, Minute());
}
