using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Which program the verdict blames for sockets that have been stuck for a minute. On the real kernel.</summary>
public class StuckProgramsTests(StuckPrograms programs) : IClassFixture<StuckPrograms>
{
    /// <summary>A supervisor opens the listener and never accepts by design; the child that inherited it should.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void NotAccepted_OfASupervisorsListener_IsBlamedOnItsChild(int accepted)
    {
        AssertCount($"workload{accepted}", "inbound", $":{programs.Said[$"supervisor{accepted}"]}", 15);
        Assert.Contains($"workload{accepted} never accepted them", programs.Verdict, StringComparison.Ordinal);
        Assert.DoesNotContain("supervisor", programs.Verdict, StringComparison.Ordinal);
    }

    /// <summary>With a master and its workers, a stopped worker is to blame.</summary>
    [Fact]
    public void NotAccepted_ByAMasterAndItsWorkers_NamesTheOneThatIsStopped()
    {
        string stopped = programs.Said["prefork"];
        Assert.Contains(
            $"prefork (pid {stopped}) has 15 unaccepted connections in CLOSE_WAIT on", programs.Verdict, StringComparison.Ordinal);
        Assert.Matches($@"the clients closed them, but pid {stopped} is stopped and cannot react \(cause not_accepted\)\.[^:]*: [^:]*: kill -CONT {stopped}\.", programs.Verdict);
    }

    [Fact]
    public void StoppedServer_IsReportedAsStopped_WithTheCommandToContinueIt()
    {
        int pid = programs.Pids["stopd"];
        foreach (string verdict in (string[])[programs.Verdict, programs.Explained])
        {
            Assert.Contains(
                $"CRITICAL: stopd (pid {pid}) has 20 unaccepted connections in CLOSE_WAIT on its port :{programs.Said["stopd"]}: the clients closed them, but pid {pid} is stopped and cannot react (cause not_accepted).",
                WithoutUnits(verdict),
                StringComparison.Ordinal);
            Assert.Contains($"Then continue it: kill -CONT {pid}.", verdict, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Proxy_BeforeAStoppedBackEnd_IsItsVictim()
    {
        string backEnd = $"127.0.0.1:{programs.Said["slowapi"]}";
        foreach (string verdict in (string[])[programs.Verdict, programs.Explained])
        {
            Assert.Contains(
                $"slowapi (pid {programs.Pids["slowapi"]}), listening on {backEnd}, is stopped. proxyd (pid {programs.Pids["proxyd"]}) holds 120 sockets in CLOSE_WAIT on its port :{programs.Said["proxyd"]}: ",
                WithoutUnits(verdict),
                StringComparison.Ordinal);
            Assert.Contains($"proxyd also holds 120 connections to {backEnd}, so it may be waiting for that address.", verdict, StringComparison.Ordinal);
            Assert.Contains($"First check {backEnd}, pid {programs.Pids["slowapi"]}. Find out who stopped it", verdict, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ForkingServer_BeforeAStoppedBackEnd_IsItsVictim_OneEach()
    {
        string backEnd = $"127.0.0.1:{programs.Said["slowapi"]}";
        Assert.Matches($@"slowapi \(pid {programs.Pids["slowapi"]}\), listening on {Regex.Escape(backEnd)}, is stopped\. forker \(1 of pid \d+\) holds 120 sockets in CLOSE_WAIT on its port :{programs.Said["forker"]}: ", WithoutUnits(programs.Verdict));
        Assert.Contains(
            $"120 processes hold one each. Each of the 5 inspected processes also holds a connection to {backEnd}, so they may be waiting for that address.",
            programs.Verdict,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Relay_IsNotBlamed()
    {
        string keeper = $"127.0.0.1:{programs.Said["keeper"]}";
        Assert.Contains(
            $"keeper (pid {programs.Pids["keeper"]}), listening on {keeper}, runs on this machine and does not close its end of the connections that relayd relays. relayd (pid {programs.Pids["relayd"]}) holds 120 sockets in CLOSE_WAIT",
            WithoutUnits(programs.Verdict),
            StringComparison.Ordinal);
        Assert.Contains($"relayd also holds 120 sockets in FIN_WAIT2 to {keeper}: it has closed its side and waits for the other end.", programs.Verdict, StringComparison.Ordinal);

        // keeper does not close, so it is blamed itself.
        Assert.Contains($"keeper (pid {programs.Pids["keeper"]}) holds 120 sockets in CLOSE_WAIT", WithoutUnits(programs.Verdict), StringComparison.Ordinal);
    }

    /// <summary>A server without SOCK_CLOEXEC starts a helper, which then holds its connections.</summary>
    [Theory]
    [InlineData("leakyboth")]
    [InlineData("leakyone")]
    public void Inherited_ByAHelper_IsTheServersFault(string server)
    {
        AssertCount("sleep", "inbound", $":{programs.Said[server]}", 110);
        Assert.Contains($"it inherited them from {server} (pid {programs.Pids[server]})", programs.Verdict, StringComparison.Ordinal);
        Assert.Contains($"The developers of {server} must open its sockets with SOCK_CLOEXEC", programs.Verdict, StringComparison.Ordinal);
        Assert.DoesNotContain("sleep has not noticed", programs.Verdict, StringComparison.Ordinal);
    }

    /// <summary>Sockets that belonged to the server when the exporter first saw them.</summary>
    [Fact]
    public void Inherited_WhenTheServerHasEnded_IsStillTheServersFault()
        => Assert.Contains("it inherited them from goneserver", programs.Verdict, StringComparison.Ordinal);

    /// <summary>Connections that a worker accepted itself, from an inherited listener, are its own.</summary>
    [Fact]
    public void Accepted_FromAnInheritedListener_IsTheWorkersOwn()
    {
        AssertCount("webworker", "inbound", $":{programs.Said["circusd"]}", 110);
        Assert.Contains("webworker has read all data and not closed them", programs.Verdict, StringComparison.Ordinal);
        Assert.DoesNotContain("from circusd", programs.Verdict, StringComparison.Ordinal);
    }

    /// <summary>A program that opens everything right at its start, whatever started it.</summary>
    [Fact]
    public void Opened_RightAtTheStart_IsTheProgramsOwn()
    {
        Assert.Contains("hasty has read all data and not closed them", programs.Verdict, StringComparison.Ordinal);
        Assert.DoesNotContain("from parent", programs.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void ManyPeers_AreOneSentence()
    {
        string port = programs.Said["spreader"];
        Assert.Contains($"holds 600 sockets in CLOSE_WAIT to 30 peers on port {port}, such as 127.0.7.", programs.Verdict, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(programs.Verdict, @"spreader \(pid \d+[^)]*\) holds"));
    }

    [Theory]
    [InlineData("hideruring", "registered with an io_uring: they have no descriptors")]
    [InlineData("hiderflight", "they were sent to hiderflight over a Unix socket and not received")]
    public void SocketsThatAreNoDescriptors_AreBlamedOnTheirHolder(string holder, string words)
    {
        Assert.Contains($"{holder} (pid {programs.Pids[holder]}) holds 120 sockets in CLOSE_WAIT", WithoutUnits(programs.Explained), StringComparison.Ordinal);
        Assert.Contains(words, programs.Explained, StringComparison.Ordinal);
    }

    private static string WithoutUnits(string verdict) => Regex.Replace(verdict, @"\(pid (\d+), [^)]*\)", "(pid $1)");

    private void AssertCount(string group, string direction, string endpoint, int count)
        => Assert.Equal(count, programs.Metrics.Sum("fd_close_wait_sockets", ("group", group), ("direction", direction), ("address", endpoint)));
}
