using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Processes;
using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning.Descriptors;

/// <summary>What a scan keeps for the next, on the captured host.</summary>
public sealed class SocketOwnerCollectorTests : IDisposable
{
    private readonly FixtureHost _host = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ProcFs _procFs;
    private readonly ProcessCollector _processes;
    private readonly TcpCollector _tcp;
    private readonly SocketOwnerCollector _owners;

    public SocketOwnerCollectorTests()
    {
        _procFs = ProcFs.Open(_host.Root);
        _processes = new ProcessCollector(_procFs, static process => process.Comm, _time);
        _tcp = new TcpCollector(_procFs, _time);
        _owners = new SocketOwnerCollector(_procFs, _time);
    }

    public void Dispose()
    {
        _tcp.Dispose();
        _procFs.Dispose();
        _host.Dispose();
    }

    [Fact]
    public void Collect_OutOfTime_ReportsTheRestAndTheNextScanContinuesThere()
    {
        (ProcessTable table, SocketOwnership late) = Scan(TimeSpan.Zero);
        Assert.Equal(table.Processes.Count(static process => process.OpenFds > 0), late.UnwalkedProcesses);
        Assert.Equal(0, late.WalkedFds);
        Assert.Equal(1, late.Unattributed[TcpState.CloseWait]);

        SocketOwnership next = Scan(TimeSpan.FromSeconds(10)).Ownership;
        Assert.Equal(0, next.UnwalkedProcesses);
        Assert.Equal(0, next.Unattributed.Total);
        Assert.True(next.WalkedFds > 0);
    }

    [Fact]
    public void Collect_DescriptorExchangedForOneOfAnotherType_IsFoundWhenItsTurnComes()
    {
        Assert.Equal(8, TypesOf(8)[FdType.Pipe]);
        string pipe = Directory.EnumerateFiles(_host.PathOf("8/fd")).First(static link => new FileInfo(link).LinkTarget!.StartsWith("pipe:", StringComparison.Ordinal));
        File.Delete(pipe);
        File.CreateSymbolicLink(pipe, "/srv/log/app.log");
        Assert.Contains(Enumerable.Range(0, 100), _ => TypesOf(8) is var types && types[FdType.Pipe] == 7 && types[FdType.File] == 1);
    }

    [Fact]
    public void Collect_DeletedFileThatIsNoLongerOne_IsFoundWithinHalfAMinute()
    {
        string log = _host.PathOf("8/fd/100");
        File.CreateSymbolicLink(log, "/srv/log/app.log (deleted)");
        Assert.Equal(1, TypesOf(8)[FdType.DeletedFile]);
        File.Delete(log);
        File.CreateSymbolicLink(log, "/srv/log/app.log");
        _time.Advance(SocketOwnerCollector.DeletedTurnTime - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, TypesOf(8)[FdType.DeletedFile]);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, TypesOf(8)[FdType.DeletedFile]);
    }

    [Fact]
    public void Collect_DescriptorsExchangedInAnyProcess_AreFoundWithinTheTimeOfATurn()
    {
        _ = Scan(TimeSpan.FromSeconds(10));
        int[] pids = [.. Directory.EnumerateDirectories(_host.Root).Select(static folder => int.TryParse(Path.GetFileName(folder), out int pid) ? pid : 0).Where(pid => pid > 0 && Exchange(pid))];
        Assert.True(pids.Length > 5);
        _time.Advance(SocketOwnerCollector.TurnTime);
        (ProcessTable table, SocketOwnership ownership) = Scan(TimeSpan.FromSeconds(10));
        Assert.All(pids, pid => Assert.True(ownership.Holdings[Enumerable.Range(0, table.Processes.Length).Single(i => table.Processes[i].Id.Pid == pid)]!.Types[FdType.SignalFd] > 0, $"{pid}"));

        bool Exchange(int pid)
        {
            if (!Directory.Exists(_host.PathOf($"{pid}/fd")) || Directory.EnumerateFiles(_host.PathOf($"{pid}/fd")).FirstOrDefault() is not { } link)
            {
                return false;
            }

            File.Delete(link);
            File.CreateSymbolicLink(link, "anon_inode:[signalfd]");
            return true;
        }
    }

    [Fact]
    public void Collect_OutOfTimeInAWalk_ContinuesAtThatDescriptor()
    {
        for (int fd = 100; fd < 300; fd++)
        {
            File.CreateSymbolicLink(_host.PathOf(FormattableString.Invariant($"8/fd/{fd}")), "/srv/log/app.log");
        }

        // Each reading of the clock takes a second; the largest process is walked first, and the clock is read during the walk.
        _time.AutoAdvanceAmount = TimeSpan.FromSeconds(1);
        ProcessTable table = _processes.Collect(new Deadline(_time, TimeSpan.FromHours(1)));
        TcpSocketTable sockets = _tcp.Collect(table, new Deadline(_time, TimeSpan.FromHours(1)));
        int index = Enumerable.Range(0, table.Processes.Length).Single(i => table.Processes[i].Id.Pid == 8);
        int scans = 0;
        SocketOwnership ownership;
        do
        {
            ownership = _owners.Collect(table, sockets, new Deadline(_time, TimeSpan.FromSeconds(3)));
            Assert.True(ownership.WalkedFds < table.Processes[index].OpenFds, "the clock was not read");
            Assert.Equal(
                sockets.Namespaces.Sum(static each => each.Sockets.Total),
                ownership.Holdings.Sum(static each => each?.Sockets.Total ?? 0) + ownership.Unattributed.Total + ownership.WithoutInode.Total);
        }
        while (ownership.UnwalkedProcesses > 0 && ++scans < 100);

        // No scan has time for that whole process; starting over each time would never finish.
        Assert.InRange(scans, 3, 99);
        Assert.Equal(table.Processes[index].OpenFds, SumOf(ownership.Holdings[index]!.Types));
    }

    [Fact]
    public void Collect_SocketThatLeftTheTableAndIsHeld_IsDead_UntilItIsBackOrClosed()
    {
        Assert.Equal((1, 0L), CloseWaitAndDeadOf(9));
        string table = File.ReadAllText(_host.PathOf("1/net/tcp6"));
        _host.Write("1/net/tcp6", string.Join('\n', table.Split('\n').Where(static line => !line.Contains(" 363712 ", StringComparison.Ordinal))));
        Assert.Equal((0, 1L), CloseWaitAndDeadOf(9));
        Assert.Equal((0, 1L), CloseWaitAndDeadOf(9));

        _host.Write("1/net/tcp6", table);
        Assert.Equal((1, 0L), CloseWaitAndDeadOf(9));
        _host.Write("1/net/tcp6", string.Join('\n', table.Split('\n').Where(static line => !line.Contains(" 363712 ", StringComparison.Ordinal))));
        Assert.Equal((0, 1L), CloseWaitAndDeadOf(9));
        File.Delete(_host.PathOf("9/fd/6"));
        Assert.Equal((0, 0L), CloseWaitAndDeadOf(9));
    }

    [Fact]
    public void Collect_SocketWithUnknownProtocol_LeavesTheNumberUnknown()
    {
        File.CreateSymbolicLink(_host.PathOf("9/fd/100"), "socket:[4711]");
        Assert.Equal((1, null), CloseWaitAndDeadOf(9));
        Assert.Equal((1, null), CloseWaitAndDeadOf(9));
    }

    private (long CloseWait, long? Dead) CloseWaitAndDeadOf(int pid)
    {
        (ProcessTable table, SocketOwnership ownership) = Scan(TimeSpan.FromSeconds(10));
        ProcessHoldings holdings = ownership.Holdings[Enumerable.Range(0, table.Processes.Length).Single(i => table.Processes[i].Id.Pid == pid)]!;
        return (holdings.Sockets[TcpState.CloseWait], holdings.DeadSockets);
    }

    private static long SumOf(FdTypeCounts types)
    {
        long sum = 0;
        foreach (int count in types)
        {
            sum += count;
        }

        return sum;
    }

    private FdTypeCounts TypesOf(int pid)
    {
        (ProcessTable table, SocketOwnership ownership) = Scan(TimeSpan.FromSeconds(10));
        int index = Enumerable.Range(0, table.Processes.Length).Single(i => table.Processes[i].Id.Pid == pid);
        return ownership.Holdings[index]!.Types;
    }

    private (ProcessTable Table, SocketOwnership Ownership) Scan(TimeSpan budget)
    {
        ProcessTable table = _processes.Collect(new Deadline(_time, TimeSpan.FromSeconds(10)));
        TcpSocketTable sockets = _tcp.Collect(table, new Deadline(_time, TimeSpan.FromSeconds(10)));
        return (table, _owners.Collect(table, sockets, new Deadline(_time, budget)));
    }
}
