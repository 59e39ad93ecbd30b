using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Rules;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using static FdExporter.Tests.Diagnosis.WatchedHost;

namespace FdExporter.Tests.Diagnosis;

/// <summary>Cases in which the holder of the sockets is not to blame: another process stopped it, or it waits for another.</summary>
public class BlameTests
{
    private const string BackEnd = "127.0.0.1:3004";

    [Theory]
    [InlineData("stopped")]
    [InlineData("traced")]
    [InlineData("frozen")]
    [InlineData("frozen_v1_container")]
    public void StoppedProgram_IsReportedAsStopped_WithTheCommandToContinueIt(string how)
    {
        ProcessRun run = how switch
        {
            "stopped" => new ProcessRun(RunState.Stopped),
            "traced" => new ProcessRun(RunState.Traced, 55, "gdb"),
            "frozen" => new ProcessRun(RunState.Frozen, FreezeFile: "/system.slice/web.service/cgroup.freeze"),
            _ => new ProcessRun(RunState.Frozen, FreezeFile: "/freezer/docker/3f1e/freezer.state"),
        };
        ProcessSample process = Process(7, "nginx", 900, unit: how == "frozen" ? "web.service" : "");
        process = how == "frozen_v1_container" ? process with { Facts = process.Facts with { Owner = CgroupOwner.None with { Container = "3f1e" } } } : process;
        HostSnapshot snapshot = Snapshots.Of(process).Owning([Holding(FdType.File, 9, 120)], Inbound(0, 80, 12, CloseWaitCause.NotAccepted), Inbound(0, 80, 120, CloseWaitCause.NotRead));
        snapshot = snapshot with { Ownership = snapshot.Ownership! with { Stopped = [new StoppedSample(0, run)] } };
        Golden.Verify(VerdictText.Of(After(0, _ => snapshot).Verdict()), how);
    }

    /// <summary>Users can name a control group as they like; the advice is for a shell.</summary>
    [Theory]
    [InlineData("/user.slice/x/a;reboot.service", "user@1000.service/a;reboot.service", "echo 0 > '/sys/fs/cgroup/user.slice/x/a;reboot.service/cgroup.freeze', or the same for a parent group")]
    [InlineData("/x/'$(reboot)'", "", @"echo 0 > '/sys/fs/cgroup/x/'\''$(reboot)'\''/cgroup.freeze', or the same for a parent group")]
    [InlineData("/system.slice/a-b.service", "a b.service", "systemctl thaw 'a b.service', or echo 0 > /sys/fs/cgroup/system.slice/a-b.service/cgroup.freeze, or the same for a parent group")]
    public void FrozenProgram_WithANameThatAShellObeys_IsThawedByQuotes(string group, string unit, string advice)
    {
        ProcessSample process = Process(7, "nginx", 900, unit: unit);
        Assert.Equal($"Find out who froze it and why. Then thaw it: {advice}.", StoppedText.AdviceOf(new ProcessRun(RunState.Frozen, FreezeFile: $"{group}/cgroup.freeze"), in process));
    }

    [Fact]
    public void StoppedProcess_OfAnotherProgram_IsNotTheCulprits()
    {
        HostSnapshot snapshot = Snapshots.Of(Process(7, "a", 900), Process(8, "b", 9)).Owning([Holding(FdType.File, 9, 120), null], Inbound(0, 80, 120));
        snapshot = snapshot with { Ownership = snapshot.Ownership! with { Stopped = [new StoppedSample(1, new ProcessRun(RunState.Stopped))] } };
        Assert.DoesNotContain("stopped", Assert.Single(After(0, _ => snapshot).Verdict().Findings).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stopped", RunState.Stopped, 40)]
    [InlineData("not_accepting", RunState.Runs, 40)]
    [InlineData("running", RunState.Runs, 9)]
    [InlineData("elsewhere", null, 0)]
    public void Victim_NamesTheBackEndFirst(string which, object? run, int queued)
    {
        LocalServer? server = run is null ? null : Server(new ProcessRun((RunState)run), (uint)queued);
        Golden.Verify(VerdictText.Of(Proxy(120, Open(118), server).Verdict()), which);
    }

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, true)]
    [InlineData(240, true)]
    [InlineData(241, false)]
    public void Victim_HoldsAboutAsManyConnectionsToOneAddress(int connections, bool isSaid)
        => Assert.Equal(isSaid, IsVictim(Proxy(120, Open(connections), null)));

    [Fact]
    public void Victim_OfManyAddresses_IsNone()
        => Assert.False(IsVictim(Proxy(120, [.. Enumerable.Range(1, 12).Select(static port => Open(10)[0] with { Address = Endpoint(FormattableString.Invariant($"127.0.0.1:{port}")) })], null)));

    [Fact]
    public void OutboundConnections_MakeNoVictim()
        => Assert.False(IsVictim(With(After(0, static _ => Snapshots.Of(Process(7, "a", 900)).Owning([Holding(FdType.File, 9, 120)], Outbound(0, "192.0.2.1:443", 120))), Open(118), null, 7)));

    [Fact]
    public void Group_OfOneEach_IsReportedForTheInspectedProcesses()
    {
        VerdictInput input = Forked(120);
        Assert.Equal([100, 101, 102, 103, 104], Suspects.Of(input.Host, new Thresholds(), input.History).Select(static id => id.Pid));
        Golden.Verify(VerdictText.Of(With(input, Open(1), Server(new ProcessRun(RunState.Stopped), 0), 100, 101, 102, 103, 104).Verdict()));

        // One that does not hold any is evidence against it.
        VerdictInput mixed = With(input, Open(1), null, 100, 101, 102, 103);
        mixed = mixed with { Inspected = mixed.Inspected.Append(new(new ProcessId(104, 1), InspectedKinds.None)).ToDictionary() };
        Assert.False(IsVictim(mixed));
    }

    [Theory]
    [InlineData("back_end", ConnectionDirection.Inbound, true)]
    [InlineData("back_end_elsewhere", ConnectionDirection.Inbound, false)]
    [InlineData("clients", ConnectionDirection.Outbound, false)]
    public void Relay_NamesTheEndThatDoesNotClose(string which, object direction, bool isHere)
    {
        bool isInbound = (ConnectionDirection)direction == ConnectionDirection.Inbound;
        PeerConnections end = isInbound
            ? new PeerConnections(ConnectionDirection.Outbound, Endpoint(BackEnd), 3, 119)
            : new PeerConnections(ConnectionDirection.Inbound, new ConnectionAddress(0, 0, 8080), 3, 119);
        VerdictInput input = After(0, _ => Snapshots.Of(Process(7, "docker-proxy", 900)).Owning(
            [Half(119, 120)], isInbound ? Inbound(0, 8080, 120) : Outbound(0, BackEnd, 120)));
        Assert.Equal([7], Suspects.Of(input.Host, new Thresholds(), input.History).Select(static id => id.Pid));
        Golden.Verify(VerdictText.Of(With(input, [end], isHere ? Server(new ProcessRun(RunState.Stopped), 0) : null, 7).Verdict()), which);
    }

    /// <summary>Inspecting a process costs more than scanning it: only where it may explain something.</summary>
    [Theory]
    [InlineData(120, 59, 660, false)]
    [InlineData(120, 60, 660, true)]
    [InlineData(120, 120, 59, false)]
    [InlineData(4, 120, 3600, false)]
    [InlineData(5, 120, 3600, true)]
    public void Suspects_AreProcessesThatMayWaitForAnother(int stuck, int open, int seconds, bool isSuspect)
    {
        VerdictInput input = After(0, _ => Snapshots.Of(Process(7, "haproxy", 900)).Owning([Established(open, stuck)], Inbound(0, 80, stuck, CloseWaitCause.NotRead).For(seconds)));
        Assert.Equal(isSuspect, Suspects.Of(input.Host, new Thresholds(), input.History).Any());
    }

    [Fact]
    public void NotAccepted_IsExplainedByWhatItsProcessesWaitFor()
    {
        VerdictInput input = After(0, static _ => Snapshots.Of([.. Enumerable.Range(100, 8).Select(static pid => Process(pid, "apache2", 50))]).Owning(
            [.. Enumerable.Range(0, 8).Select(static _ => Established(5, 0))], Inbound(0, 80, 40, CloseWaitCause.NotAccepted) with { Acceptors = 8 }));
        Assert.Equal(5, Suspects.Of(input.Host, new Thresholds(), input.History).Count());
        Finding finding = Assert.Single(With(input, Open(5), Server(new ProcessRun(RunState.Stopped), 0), 100, 101, 102, 103, 104).Verdict().Findings);
        Assert.StartsWith("slowapi.js (pid 41), listening on 127.0.0.1:3004, is stopped. apache2 (", Plain(finding.Text), StringComparison.Ordinal);
        Assert.Contains("Each of the 5 inspected processes also holds connections to 127.0.0.1:3004, so they may be waiting for that address.", Plain(finding.Text), StringComparison.Ordinal);
    }

    private static bool IsVictim(VerdictInput input) => Assert.Single(input.Verdict().Findings).Text.Contains("may be waiting for", StringComparison.Ordinal);

    private static VerdictInput Proxy(int stuck, PeerConnections[] peers, LocalServer? server) => With(
        After(0, _ => Snapshots.Of(Process(7, "haproxy", 900)).Owning([Established(118, stuck)], Inbound(0, 80, stuck, CloseWaitCause.NotRead))), peers, server, 7);

    private static VerdictInput Forked(int count) => After(0, _ => Snapshots.Of([.. Enumerable.Range(100, count).Select(static pid => Process(pid, "forker", 9))]).Owning(
        [.. Enumerable.Range(0, count).Select(static _ => Established(1, 1))], [.. Enumerable.Range(0, count).Select(static i => Inbound(i, 80, 1, CloseWaitCause.NotRead))]));

    private static VerdictInput With(VerdictInput input, PeerConnections[] peers, LocalServer? server, params int[] pids) => input with
    {
        Inspected = pids.ToDictionary(
            static pid => new ProcessId(pid, 1),
            _ => InspectedKinds.None with { Peers = [.. peers], Servers = server is null ? [] : [server] }),
    };

    private static PeerConnections[] Open(int count) => [new(ConnectionDirection.Outbound, Endpoint(BackEnd), count, 0), new(ConnectionDirection.Inbound, new ConnectionAddress(0, 0, 80), 500, 0)];

    private static LocalServer Server(ProcessRun run, uint queued) => new(Endpoint(BackEnd), Process(41, "slowapi.js", 200), run, queued);

    private static ProcessHoldings Established(int open, int closeWait) => Sockets(closeWait, TcpState.Established, open);

    private static ProcessHoldings Half(int halfClosed, int closeWait) => Sockets(closeWait, TcpState.FinWait2, halfClosed);

    private static ProcessHoldings Sockets(int closeWait, TcpState other, int count)
    {
        TcpStateCounts sockets = default;
        sockets[TcpState.CloseWait] = closeWait;
        sockets[other] = count;
        FdTypeCounts types = default;
        types[FdType.Socket] = closeWait + count;
        return new ProcessHoldings(types, sockets);
    }
}
