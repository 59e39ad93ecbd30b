using FdExporter.EndToEnd.Testing;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning.Descriptors;

/// <summary>Real sockets that are no descriptors of their holder. Needs root.</summary>
[Collection(Alone.Name)]
public sealed class UndescribedOwnersTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly HostScanner _scanner;

    public UndescribedOwnersTests() => _scanner = new HostScanner("/proc", static process => process.Comm, _time, new ListLogger<HostScanner>());

    public void Dispose() => _scanner.Dispose();

    [Theory]
    [InlineData("io_uring")]
    [InlineData("in_flight", Traits = ["needs", "root"])] // an ordinary user does not see who else could receive them
    public async Task Sockets_AreTheHolders_OnEachScan_AndNoDescriptors(string way)
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "60", "--hold-peer", "--held-by", way, "--name", "hider");
        int fds = Directory.GetFileSystemEntries($"/proc/{lab.Child.Pid}/fd").Length;
        await Eventually.TrueAsync(() => Task.FromResult(HoldingsOf(Scan(), lab.Child.Pid).Sockets[TcpState.CloseWait] == 60), static () => "the sockets were not attributed");
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(16));
            ProcessHoldings holdings = HoldingsOf(Scan(), lab.Child.Pid);
            Assert.Equal((60, 60), (holdings.Sockets[TcpState.CloseWait], holdings.WithoutDescriptor));
            Assert.Equal(fds, Enumerable.Range(0, FdTypeCounts.Length).Sum(type => holdings.Types[(FdType)type]));
        }
    }

    [Fact]
    public async Task RegisteredSockets_AreInspectedByWhatTheyAre_AndCountAsTheScanHasThem()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "60", "--hold-peer", "--held-by", "io_uring");
        ProcessInspection inspection = Inspect(lab.Child.Pid);
        Assert.True(inspection.IsHeldKnown);
        Assert.Equal(inspection.Process.OpenFds, inspection.Fds.Length);
        Assert.Equal(60, inspection.Held.Count(held => held is { By: HolderKind.IoUring, Count: 1, File.Socket: { State: TcpState.CloseWait, Remote: { } remote } } && remote.ToString() == $"127.0.0.1:{lab.Port}"));
        Assert.Equal((60, 60), (inspection.Holdings!.Sockets[TcpState.CloseWait], inspection.Holdings.WithoutDescriptor));
        Assert.Equal(1, inspection.Kinds.Others["io_uring"]);
    }

    [Fact]
    public async Task SocketsInFlight_AreInspectedByTheSocketThatTheyWaitIn()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "60", "--hold-peer", "--held-by", "in_flight");
        ProcessInspection inspection = Inspect(lab.Child.Pid);
        HeldSample held = Assert.Single(inspection.Held);
        Assert.Equal((HolderKind.InFlight, 60, null), (held.By, held.Count, held.File));
        Assert.Equal(SocketProtocol.Unix, inspection.Fds.Single(fd => fd.Number == held.Fd).Socket!.Protocol);
        Assert.Equal(inspection.Process.OpenFds, inspection.Fds.Length);
    }

    [Fact]
    public async Task SocketsInFlight_ToOneOfTwo_HaveNoOwner_AndBothAreNamed()
    {
        await using LeakLab first = await LeakLab.StartAsync("close-wait", "--count", "30", "--hold-peer", "--held-by", "in_flight");
        await using LeakLab second = await LeakLab.StartAsync("close-wait", "--count", "40", "--hold-peer", "--held-by", "in_flight");
        HostSnapshot snapshot = null!;
        await Eventually.TrueAsync(
            () =>
            {
                snapshot = Scan();
                return Task.FromResult(InFlightTo(snapshot, first) == 30 && InFlightTo(snapshot, second) == 40);
            },
            static () => "the receivers were not found");
        Assert.Equal((0, 0), (HoldingsOf(snapshot, first.Child.Pid).WithoutDescriptor, HoldingsOf(snapshot, second.Child.Pid).WithoutDescriptor));
        Assert.True(snapshot.Ownership!.Unattributed[TcpState.CloseWait] >= 70);
    }

    private static long InFlightTo(HostSnapshot snapshot, LeakLab lab)
        => snapshot.Ownership!.InFlight.Where(each => snapshot.Processes!.Processes[each.Process].Id.Pid == lab.Child.Pid).Sum(static each => each.Count);

    private HostSnapshot Scan() => _scanner.Scan(Collectors.All, new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1)));

    private ProcessInspection Inspect(int pid) => _scanner.TryInspect(pid, new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1)))!;

    private static ProcessHoldings HoldingsOf(HostSnapshot snapshot, int pid)
        => snapshot.Ownership!.Holdings[Enumerable.Range(0, snapshot.Processes!.Processes.Length).Single(i => snapshot.Processes.Processes[i].Id.Pid == pid)]!;
}
