using System.Globalization;
using FdExporter.EndToEnd.Testing;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Inspection;
using FdExporter.Scanning.Processes;
using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning.Inspection;

/// <summary>The limits of an inspection, and its handling of malformed tables.</summary>
public sealed class ProcessInspectorTests : IDisposable
{
    private const string Headings = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n";

    private readonly FixtureHost _host = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => _host.Dispose();

    [Fact]
    public void CapturedProcess_IsInspectedLikeALivingOne()
    {
        ProcessInspection inspection = Inspect(9)!;
        Assert.True(inspection.IsVisible);
        Assert.Equal((7, 4), (inspection.Process.OpenFds, inspection.Types[FdType.Socket]));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], inspection.Fds.Select(static fd => fd.Number));
        Assert.Equal(
            [
                "tcp listen  :9800 ",
                "tcp established outbound 127.0.0.1:44370 127.0.0.1:9800",
                "tcp established inbound 127.0.0.1:9800 127.0.0.1:44370",
                "tcp close_wait outbound [::1]:47490 [::1]:9800",
            ],
            inspection.Fds.Where(static fd => fd.Socket is not null).Select(static fd => TextOf(fd.Socket!)));
        Assert.Equal(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), inspection.TakenAt);
    }

    [Fact]
    public void LongestPaths_AreListedWithinBounds_AndTheRestIsCounted()
    {
        const int count = 9000;
        string target = "/" + new string('x', 4000);
        for (int fd = 1000; fd < 1000 + count; fd++)
        {
            File.CreateSymbolicLink(_host.PathOf($"9/fd/{fd}"), target);
        }

        ProcessInspection inspection = Inspect(9)!;
        Assert.InRange(inspection.Fds.Sum(static fd => (long)fd.Target.Length), ProcessInspection.MostTargets - 4001, ProcessInspection.MostTargets);
        Assert.Equal((count + 7, count), (inspection.Fds.Length + inspection.Unlisted, inspection.Types[FdType.File]));
        Assert.False(inspection.IsCutShort);
    }

    [Fact]
    public void Age_OfACapturedSocket_IsForHowLongTheScansHaveSeenIt()
    {
        using HostScanner scanner = new(_host.Root, static process => process.Comm, _time, new ListLogger<HostScanner>());
        Assert.Equal(TimeSpan.Zero, AgeIn(scanner));
        scanner.Scan(Collectors.All, Soon());
        _time.Advance(TimeSpan.FromSeconds(91));
        Assert.Equal(TimeSpan.FromSeconds(90), AgeIn(scanner));

        TimeSpan? AgeIn(HostScanner looker) => looker.TryInspect(9, Soon())!.Fds.Single(static fd => fd.Socket?.State == TcpState.CloseWait).Socket!.Age;
    }

    [Theory]
    [InlineData(59)]
    [InlineData(2)]
    public void CapturedProcess_WithoutFds_IsCountedOrHoldsNothing(int pid)
    {
        // Files that were not captured count as denied; a kernel thread has nothing to inspect.
        ProcessInspection inspection = Inspect(pid)!;
        Assert.Equal(inspection.Process.Facts.IsKernelThread, inspection.IsVisible);
        Assert.Empty(inspection.Fds);
    }

    [Fact]
    public void EachTable_TellsTheProtocol()
    {
        Hold("socket:[5]", "socket:[6]", "socket:[7]", "socket:[8]", "socket:[9]", "socket:[10]", "socket:[8589934592]");
        _host.Write("1/net/udp", Headings + "2452: 0100007F:CA34 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 5 2 00 0\n");
        _host.Write("1/net/raw6", Headings + "  70: 00000000000000000000000000000000:003A 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 6 2 00 0\n");
        _host.Write("1/net/icmp", Headings + "   9: 0100007F:0007 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 7 2 00 0\n");
        _host.Write("1/net/unix", "Num       RefCount Protocol Flags    Type St Inode Path\n0: 00000002 00000000 00010000 0001 01 8 /run/x\n0: 00000002 00000000 00000000 0001 01 8589934592 @large\n");
        _host.Write("1/net/netlink", "sk\n0000000014a838d8 0   0          00000000 0        0        0     2        0        9       \n");
        _host.Write("1/net/packet", "sk\n0000000093781872 3      3    0003   0     1 0      0      10\n");
        Assert.Equal(
            ["udp   127.0.0.1:51764 ", "raw   :58 ", "icmp   127.0.0.1:7 ", "unix listening   /run/x", "netlink    ", "packet    ", "unix    @large"],
            Held().Select(TextOf));
    }

    [Fact]
    public void LineThatCannotBeUnderstood_HidesNoOther()
    {
        Hold("socket:[5]", "socket:[6]");
        _host.Write("1/net/udp", Headings + "nonsense\n2452: 0100007F:CA34 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 5 2 00 0\n");
        _host.Write("1/net/unix", "Num\n\nx\n0: 00000002 00000000 00010000 0001 01 6\n");
        Assert.Equal([SocketProtocol.Udp, SocketProtocol.Unix], Held().Select(static socket => socket.Protocol));
    }

    /// <summary>Another socket's path may forge a line; which line is real cannot be known.</summary>
    [Fact]
    public void UnixSocketThatTheTableNamesTwice_HasNoPath()
    {
        Hold("socket:[8]", "socket:[9]");
        _host.Write("1/net/unix", """
            Num       RefCount Protocol Flags    Type St Inode Path
            0: 00000002 00000000 00000000 0001 01 8 /run/x
            0: 00000002 00000000 00010000 0001 01 7 /tmp/x
            0: 00000002 00000000 00010000 0001 01 8 /forged
            0: 00000002 00000000 00000000 0001 01 9 /run/y

            """);
        Assert.Equal(["unix    ", "unix    /run/y"], Held().Select(TextOf));
    }

    [Fact]
    public void LinkWithoutAnInode_IsNoUnownedSocket()
    {
        Hold("socket:[]", "socket:[x]", "socket:[5]");
        _host.Write("1/net/netlink", "sk\n0000000014a838d8 0   0          00000000 0        0        0     2        0        0       \n");
        _host.Write("1/net/udp", Headings + "2452: 0100007F:CA34 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 0 2 00 0\n");
        Assert.All(Held(), static socket => Assert.Equal(SocketProtocol.Unknown, socket.Protocol));
    }

    [Fact]
    public void TablesThatDoNotExist_AreNoError()
    {
        Hold("socket:[5]");
        Assert.False(File.Exists(_host.PathOf("1/net/unix")));
        Assert.Equal([new SocketSample(SocketProtocol.Unknown, IsInNoTable: true)], Held());
    }

    [Fact]
    public void TablesOfTcpThatCannotBeRead_AreAnErrorThatNamesThem()
    {
        _host.Delete("1/net/tcp");
        Assert.Contains("1/net/tcp", Assert.ThrowsAny<IOException>(() => Inspect(9)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(500)]
    [InlineData(5000)]
    public async Task DescriptorsBeyondTheBound_AreCountedAndNotListed(int mostListed)
    {
        await using LeakLab lab = await LeakLab.StartAsync("fds", "--type", "timerfd", "--type", "socket", "--count", "400");
        ProcessInspection inspection = Inspect(lab.Child.Pid, new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1)), mostListed);
        Assert.Equal(Math.Min(mostListed, (int)inspection.Process.OpenFds!), inspection.Fds.Length);
        Assert.Equal(inspection.Process.OpenFds, inspection.Fds.Length + inspection.Unlisted);
        Assert.Equal(inspection.Process.OpenFds, Enumerable.Range(0, FdTypeCounts.Length).Sum(type => inspection.Types[(FdType)type]));
        Assert.Equal((400, 400), (inspection.Types[FdType.TimerFd], inspection.Types[FdType.Socket]));
        Assert.Equal(inspection.Fds.Count(static fd => fd.Type == FdType.Socket), inspection.Kinds.InNoTable[SocketProtocol.Tcp]);
        Assert.False(inspection.IsCutShort);
        Assert.Equal(100_000, ProcessInspection.MostListed);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(20)]
    public async Task OutOfTimeInTheMiddle_SaysSo(int mostListed)
    {
        await using LeakLab lab = await LeakLab.StartAsync("fds", "--type", "socket", "--count", "2000");

        // Each reading of the clock takes a second; it is read once in this many descriptors.
        _time.AutoAdvanceAmount = TimeSpan.FromSeconds(1);
        ProcessInspection inspection = Inspect(lab.Child.Pid, new Deadline(_time, TimeSpan.FromSeconds(6)), mostListed);
        int walked = Enumerable.Range(0, FdTypeCounts.Length).Sum(type => inspection.Types[(FdType)type]);
        Assert.True(inspection.IsCutShort);
        Assert.InRange(walked, 64, 64 * 8);
        Assert.Equal(Math.Min(walked, mostListed), inspection.Fds.Length);
        Assert.Equal(walked - inspection.Fds.Length, inspection.Unlisted);
        Assert.True(inspection.Process.OpenFds > 2000);
        Assert.All(inspection.Fds.Where(static fd => fd.Type == FdType.Socket), static fd => Assert.NotNull(fd.Socket));
    }

    private ProcessInspection? Inspect(int pid)
    {
        using HostScanner scanner = new(_host.Root, static process => process.Comm, _time, new ListLogger<HostScanner>());
        return scanner.TryInspect(pid, Soon());
    }

    private ProcessInspection Inspect(int pid, Deadline deadline, int mostListed)
    {
        using ProcFs procFs = ProcFs.Open("/proc");
        using TcpCollector tcp = new(procFs, _time);
        using ProcessReader processes = new(procFs, static process => process.Comm, _time, new ListLogger<ProcessReader>());
        ProcessInspection? inspection = new ProcessInspector(procFs, processes, tcp, new SocketOwnerCollector(procFs, _time), _time) { MostListed = mostListed }.TryInspect(pid, deadline);
        Assert.NotNull(inspection);
        return inspection;
    }

    /// <summary>Gives process 9 these, from descriptor 20 on.</summary>
    private void Hold(params ReadOnlySpan<string> links)
    {
        for (int i = 0; i < links.Length; i++)
        {
            File.CreateSymbolicLink(_host.PathOf(string.Create(CultureInfo.InvariantCulture, $"9/fd/{20 + i}")), links[i]);
        }
    }

    private IEnumerable<SocketSample> Held() => Inspect(9)!.Fds.Where(static fd => fd.Number >= 20).Select(static fd => fd.Socket!);

    private static string TextOf(SocketSample socket)
        => $"{SocketProtocolNames.All[(int)socket.Protocol]} {(socket.State is { } state ? TcpStateNames.All[(int)state] : socket.UnixState is { } ofUnix ? UnixSocketStates.NameOf(ofUnix) : "")} {socket.Direction?.ToString().ToLowerInvariant()} {socket.Local} {socket.Remote}{socket.Path}";

    private Deadline Soon() => new(_time, TimeSpan.FromMinutes(1));
}
