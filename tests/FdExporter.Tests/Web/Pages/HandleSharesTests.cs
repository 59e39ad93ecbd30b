using FdExporter.Accounts;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using FdExporter.Web.Pages;
using FdExporter.Web.Serving;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Web.Pages;

/// <summary>The machine's handles by program, as numbers, bar and chart.</summary>
public class HandleSharesTests
{
    private const string Hostile = "<img src=x onerror=x()>\u202E";

    [Fact]
    public void Shares_AreTheDescriptors_AndTheRestHasNone()
    {
        HandleShares shares = Of(1000, Program("app", 1, files: 100, sockets: 300), Program("web", 1, files: 50, sockets: 0))!;
        Assert.Equal([("app", 400L), ("web", 50L)], shares.Largest.Select(static share => (share.Program, share.Handles)));
        Assert.Equal((0, 550, false, false), (shares.Others, shares.Without, shares.IsEstimated, shares.IsAtLeast));
    }

    [Fact]
    public void SharedDescriptors_AreCountedOnce_AndSocketsStay()
    {
        // Ten workers with 200 descriptors each that they inherited, and 100 sockets.
        HandleShares shares = Of(700, Program("workers", 10, files: 200, sockets: 10), Program("app", 1, files: 0, sockets: 300))!;
        Assert.Equal([("workers", 400L), ("app", 300L)], shares.Largest.Select(static share => (share.Program, share.Handles)));
        Assert.Equal((0, true), (shares.Without, shares.IsEstimated));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(333)]
    [InlineData(5000)]
    [InlineData(1_000_000)]
    public void Parts_NeverExceedTheWhole(int allocated)
    {
        HandleShares shares = Of((ulong)allocated, [.. Enumerable.Range(1, 20).Select(static i => Program($"p{i}", i, files: i * 7, sockets: i * 3))])!;
        Assert.Equal((8, 12), (shares.Largest.Length, shares.OtherPrograms));
        Assert.InRange(shares.Largest.Sum(static share => share.Handles) + shares.Others + shares.Without, 0, allocated);
        Assert.All(shares.Largest, static share => Assert.InRange(share.CloseWait, 0, share.Handles));
    }

    [Fact]
    public void PartOfTheMachine_IsNotSplit_AndThePageSaysWhy()
    {
        HostSnapshot whole = Snapshot(1000, Program("app", 1, files: 100, sockets: 0));
        (HostSnapshot Snapshot, string Why)[] cases =
        [
            (whole with { Coverage = Coverage.Full with { IsWholeMachine = false } }, "container or guest"),
            (whole with { Coverage = Coverage.Full with { IsWholeMachine = null } }, "It is not known whether"),
            (whole with { Ownership = null }, "collector socket_owner"),
            (whole with { Processes = null, Ownership = null }, "collector process"),
        ];
        foreach ((HostSnapshot snapshot, string why) in cases)
        {
            Assert.Null(HandleShares.Of(Host(snapshot)));
            string text = Text(snapshot, new HostHistory(TimeProvider.System));
            Assert.Contains(why, text, StringComparison.Ordinal);
            Assert.DoesNotContain("class=\"parts\"", text, StringComparison.Ordinal);
            Assert.Contains("<b>1\u00a0000</b> in use", text, StringComparison.Ordinal);
        }

        Assert.Contains("Not known: the collector system", Text(whole with { FileHandles = null }, new HostHistory(TimeProvider.System)), StringComparison.Ordinal);
    }

    [Fact]
    public void Maximum_IsShownOnlyIfItCanBeReached()
    {
        HostSnapshot snapshot = Snapshot(1000, Program("app", 1, files: 100, sockets: 0));
        string bounded = Text(snapshot with { FileHandles = new FileHandles(1000, 100_000, null) }, new HostHistory(TimeProvider.System));
        Assert.Contains("<span class=\"bounds\">threshold 15\u00a0000, maximum 100\u00a0000</span>", bounded, StringComparison.Ordinal);
        string endless = Text(snapshot with { FileHandles = new FileHandles(1000, long.MaxValue, null) }, new HostHistory(TimeProvider.System));
        Assert.Contains("<span class=\"bounds\">threshold 15\u00a0000</span>", endless, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_AreEscaped_InTextAndLinks()
    {
        FakeTimeProvider time = new();
        HostHistory history = new(time);
        HostSnapshot snapshot = Snapshot(1000, Program(Hostile, 1, files: 100, sockets: 20), Program("a/b?c", 1, files: 10, sockets: 0));
        for (int i = 0; i < 5; i++)
        {
            history.Add(Host(snapshot));
            time.Advance(TimeSpan.FromMinutes(1));
        }

        string text = Text(snapshot, history);
        Assert.Contains("&lt;img src=x onerror=x()&gt;?: 120, 12\u00a0%; 20 in CLOSE_WAIT</title>", text, StringComparison.Ordinal);
        Assert.Contains("1\u00a0000 handles\n&lt;img src=x onerror=x()&gt;? 120", text, StringComparison.Ordinal);
        Assert.Contains("href=\"/program/a%2Fb%3Fc\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", text, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Chart_NeedsTwoMoments_AndShowsTheThresholdOnlyIfNear()
    {
        FakeTimeProvider time = new();
        HostHistory history = new(time);
        HostSnapshot snapshot = Snapshot(1000, Program("app", 1, files: 100, sockets: 20));
        history.Add(Host(snapshot));
        Assert.Contains("The history begins", Text(snapshot, history), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(1));
        history.Add(Host(snapshot));
        Assert.Contains("class=\"threshold\" x=\"6\"", Text(snapshot, history, threshold: 2000), StringComparison.Ordinal);
        Assert.Contains("The threshold, 15\u00a0000, is above", Text(snapshot, history), StringComparison.Ordinal);
    }

    private static HandleShares? Of(ulong allocated, params (string, int, int, int)[] programs) => HandleShares.Of(Host(Snapshot(allocated, programs)));

    private static (string Name, int Processes, int Files, int Sockets) Program(string name, int processes, int files, int sockets) => (name, processes, files, sockets);

    /// <summary>Numbers of each process; all its sockets are in CLOSE_WAIT.</summary>
    private static HostSnapshot Snapshot(ulong allocated, params (string Name, int Processes, int Files, int Sockets)[] programs)
    {
        List<ProcessSample> processes = [];
        List<ProcessHoldings?> holdings = [];
        foreach ((string name, int count, int files, int sockets) in programs)
        {
            for (int i = 0; i < count; i++)
            {
                processes.Add(Snapshots.Process(processes.Count + 1, name, files + sockets));
                FdTypeCounts types = default;
                (types[FdType.File], types[FdType.Socket]) = (files, sockets);
                TcpStateCounts states = default;
                states[TcpState.CloseWait] = sockets;
                holdings.Add(new ProcessHoldings(types, states));
            }
        }

        return Snapshots.Of([.. processes]) with
        {
            FileHandles = new FileHandles(allocated, long.MaxValue, null),
            Ownership = new SocketOwnership([.. holdings], default, default, [], 0, 0),
        };
    }

    private static GroupedHost Host(HostSnapshot snapshot) => new()
    {
        Snapshot = snapshot,
        Groups = [.. HostAccounts.Of(snapshot).Programs.Select(static program => new GroupSample(program.Name, program.ProcessCount, program.OpenFds, program.MaxProcessOpenFds, null))],
    };

    private static string Text(HostSnapshot snapshot, HostHistory history, ulong threshold = 15_000)
    {
        Html html = new();
        HandlesSection.Write(html, new HostView(Host(snapshot), history, new Verdict(snapshot.TakenAt, [])), threshold);
        return html.ToString();
    }
}
