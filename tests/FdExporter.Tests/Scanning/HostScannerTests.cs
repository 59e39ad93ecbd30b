using FdExporter.Linux.Native;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using FdExporter.Self;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning;

/// <summary>Sequences of scans of a host that changes in between.</summary>
public sealed class HostScannerTests : IDisposable
{
    private readonly FixtureHost _host = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ListLogger<HostScanner> _log = new();
    private readonly HostScanner _scanner;
    private int _named;

    public HostScannerTests() => _scanner = new HostScanner(
        _host.Root,
        process =>
        {
            _named++;
            return process.Comm;
        },
        _time,
        _log);

    public void Dispose()
    {
        _scanner.Dispose();
        _host.Dispose();
    }

    [Fact]
    public void Scan_CapturedHost_HoldsWhatWasCaptured()
    {
        HostSnapshot snapshot = Scan();
        Assert.Equal(new FileHandles(304, 9223372036854775807, 1048576), snapshot.FileHandles);
        Assert.Equal(12, snapshot.Processes!.Processes.Length);
        Assert.All(snapshot.Outcomes, static outcome => Assert.True(outcome.Success, outcome.Error));
        ProcessSample node = Find(snapshot, 8);
        Assert.Equal((19, "node", "0"), (node.OpenFds, node.Facts.Comm, node.Facts.User));
        Assert.Equal(new CgroupOwner("payment.service", "", ""), node.Facts.Owner);
        Assert.Equal(new FdLimits(32, 4096), Find(snapshot, 58).Facts.Limits);
        Assert.Equal(new FdLimits(null, null), Find(snapshot, 60).Facts.Limits);
        Assert.True(Find(snapshot, 2).Facts.IsKernelThread);
        Assert.Equal(@"caf\xe9\xff", Find(snapshot, 54).Facts.Comm);
        Assert.Equal("65534", Find(snapshot, 61).Facts.User);
        Assert.Equal(new SourceInfo("procfs", "readdir"), snapshot.Sources);
    }

    [Fact]
    public void Scan_PasswdThatCannotBeRead_TakesTheNamesOfUsersAndNothingElse()
    {
        Directory.CreateDirectory(_host.PathOf("1/root/etc/passwd"));
        using HostScanner scanner = new(_host.Root, static process => process.Comm, _time, _log);
        HostSnapshot snapshot = scanner.Scan(Collectors.All, new Deadline(_time, TimeSpan.FromMinutes(1)));
        Assert.All(snapshot.Outcomes, static outcome => Assert.True(outcome.Success, outcome.Error));
        Assert.Equal("65534", Find(snapshot, 61).Facts.User);
    }

    [Theory]
    [InlineData(Libc.EMFILE, HandleLimit.Own)]
    [InlineData(Libc.ENFILE, HandleLimit.System)]
    public void Scan_AfterTheKernelRefusedAHandle_ReportsTheLimit_UntilItIsOver(int errno, object limit)
    {
        using HandleReserve reserve = new(_time);
        using HostScanner scanner = new(_host.Root, static process => process.Comm, _time, _log, reserve);
        Assert.Null(Refused());
        reserve.Descriptors.TryGiveUp(errno);
        _time.Advance(HandleReserve.OverAfter - TimeSpan.FromTicks(1));
        Assert.Equal(limit, Refused());
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(Refused());

        HandleLimit? Refused() => scanner.Scan(Collectors.System, new Deadline(_time, TimeSpan.FromMinutes(1))).HandlesRefused;
    }

    [Fact]
    public void Scan_FilesNotThere_LeaveThemUnknownAndTheRestWhole()
    {
        ProcessSample bare = Find(Scan(), 59);
        Assert.Null(bare.OpenFds);
        Assert.Null(bare.Facts.Limits);
        Assert.Null(bare.FdRatio);
        Assert.Equal("sleep", bare.Facts.Comm);
    }

    [Fact]
    public void Scan_ProcessThatIsGone_IsForgotten()
    {
        Scan();
        _host.Delete("8");
        HostSnapshot snapshot = Scan();
        Assert.Equal(11, snapshot.Processes!.Processes.Length);
        Assert.Equal(0, snapshot.Processes.Vanished);
    }

    [Fact]
    public void Scan_PidWithoutStat_HasVanishedAndIsInNoOtherNumber()
    {
        _host.Delete("8/stat");
        HostSnapshot snapshot = Scan();
        Assert.Equal((11, 1, 0), (snapshot.Processes!.Processes.Length, snapshot.Processes.Vanished, snapshot.Processes.Unidentified));
    }

    [Fact]
    public void Scan_StatThatIsNoStat_IsCountedAndNotGuessed()
    {
        _host.Write("8/stat", "8 (node) S 1");
        HostSnapshot snapshot = Scan();
        Assert.Equal((11, 1, 1), (snapshot.Processes!.Processes.Length, snapshot.Processes.Malformed, snapshot.Processes.Unidentified));
        Assert.Equal(2, snapshot.Processes.CountOf(ProcessVisibility.None));
    }

    [Fact]
    public void Scan_SamePidOtherStart_IsReadAgain()
    {
        string start = Find(Scan(), 8).Id.StartTicks.ToString(System.Globalization.CultureInfo.InvariantCulture);
        int named = _named;
        _host.Replace("8/stat", $" {start} ", " 99999 ");
        _host.Replace("8/limits", "20000                20000                files", "777                  20000                files");
        ProcessSample reused = Find(Scan(), 8);
        Assert.Equal(99999ul, reused.Id.StartTicks);
        Assert.Equal(777ul, reused.Facts.Limits!.Soft);
        Assert.Equal(named + 1, _named);
    }

    [Fact]
    public void Scan_NewName_IsReadAgain()
    {
        Scan();
        _host.Replace("8/stat", "(node)", "(payment)");
        Assert.Equal("payment", Find(Scan(), 8).Facts.Group);
    }

    [Fact]
    public void Scan_NothingChanged_ReadsNoNameAgain()
    {
        HostSnapshot first = Scan();
        int named = _named;
        HostSnapshot second = Scan();
        Assert.Equal(named, _named);
        Assert.Same(Find(first, 8).Facts, Find(second, 8).Facts);
    }

    [Fact]
    public void Scan_YoungProcess_IsReadTwice()
    {
        Scan();
        _host.Write("8/cgroup", "0::/system.slice/other.service\n");

        // By the test's clock it has just started.
        DateTimeOffset started = Find(Scan(), 8).Facts.StartTime;
        using HostScanner scanner = new(_host.Root, static process => process.Comm, new FakeTimeProvider(started.AddSeconds(1)), _log);
        scanner.Scan(Collectors.All, Soon());
        _host.Write("8/cgroup", "0::/system.slice/dropped-privileges.service\n");
        Assert.Equal("dropped-privileges.service", Find(scanner.Scan(Collectors.All, Soon()), 8).Facts.Owner.Unit);
        _host.Write("8/cgroup", "0::/system.slice/too-late.service\n");
        Assert.Equal("dropped-privileges.service", Find(scanner.Scan(Collectors.All, Soon()), 8).Facts.Owner.Unit);
    }

    [Fact]
    public void Scan_LimitOfAProcessNearIt_IsReadOnEachScan()
    {
        Scan();
        _host.Replace("58/limits", "32                   4096", "4096                 4096");
        Assert.Equal(4096ul, Find(Scan(), 58).Facts.Limits!.Soft);
    }

    [Fact]
    public void Scan_LimitOfAnyProcess_IsReadAgainBeforeLong()
    {
        Scan();
        _host.Replace("9/limits", "20000                20000                files", "555                  20000                files");
        Assert.Contains(Enumerable.Range(0, 16), _ => Find(Scan(), 9).Facts.Limits!.Soft == 555);
    }

    [Fact]
    public void Scan_UnitOfAnyProcess_IsReadAgainBeforeLong()
    {
        Scan();
        _host.Write("9/cgroup", "0::/system.slice/moved.service\n");
        Assert.Contains(Enumerable.Range(0, 64), _ => Find(Scan(), 9).Facts.Owner.Unit == "moved.service");
    }

    [Fact]
    public void Scan_CollectorThatFails_FailsAloneIsLoggedOnceAndRecovers()
    {
        _host.Delete("sys/fs/file-nr");
        for (int i = 0; i < 3; i++)
        {
            HostSnapshot failed = Scan();
            Assert.Null(failed.FileHandles);
            Assert.NotNull(failed.Processes);
            Assert.Equal(
                $"read {_host.Root}/sys/fs/file-nr: No such file or directory",
                failed.Outcomes.Single(static each => each.Collector == Collectors.System).Error);
        }

        Assert.Contains("sys/fs/file-nr", Assert.Single(Logged()), StringComparison.Ordinal);
        _host.Write("sys/fs/file-nr", "1\t0\t2\n");
        Assert.Equal(1ul, Scan().FileHandles!.Allocated);
        Assert.Equal(2, Logged().Length);

        // An ordinary user is told once what is hidden from it.
        string[] Logged() => [.. _log.Lines.Where(static line => !line.Contains("Cannot inspect other users' processes", StringComparison.Ordinal))];
    }

    [Theory]
    [InlineData("[kernel]", "[kernel] (process)")]
    [InlineData("[unknown]", "[unknown] (process)")]
    [InlineData("other", "other")]
    public void Scan_ProcessThatTakesAReservedName_IsNotTakenForWhatItMeans(string comm, string group)
    {
        _host.Replace("58/stat", "(near-limit)", $"({comm})");
        Assert.Equal(group, Find(Scan(), 58).Facts.Group);
    }

    [Fact]
    public void Scan_OutOfTime_IsNoHalfTable()
    {
        HostSnapshot snapshot = _scanner.Scan(Collectors.Process, new Deadline(_time, TimeSpan.Zero));
        Assert.Null(snapshot.Processes);
        Assert.Contains("out of time", Assert.Single(snapshot.Outcomes).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_CollectorsNotAskedFor_AreNotRun()
    {
        HostSnapshot snapshot = _scanner.Scan(Collectors.Tcp, Soon());
        Assert.Equal([Collectors.Tcp], snapshot.Outcomes.Select(static each => each.Collector));
        Assert.Null(snapshot.FileHandles);
        Assert.Null(snapshot.Processes);
    }

    private static ProcessSample Find(HostSnapshot snapshot, int pid) => snapshot.Processes!.Processes.Single(each => each.Id.Pid == pid);

    private HostSnapshot Scan() => _scanner.Scan(Collectors.All, Soon());

    private Deadline Soon() => new(_time, TimeSpan.FromSeconds(10));
}
