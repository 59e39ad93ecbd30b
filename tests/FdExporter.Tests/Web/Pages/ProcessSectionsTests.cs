using System.Text.RegularExpressions;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using FdExporter.Web.Pages;

namespace FdExporter.Tests.Web.Pages;

/// <summary>The page of a process: its limit, the bar of its descriptors, its tables, and groups that open.</summary>
public partial class ProcessSectionsTests
{
    private static readonly PageQuery s_empty = new(new Dictionary<string, string>());

    [Fact]
    public void Limit_IsShownWithShareAndGauge()
    {
        string text = Overview(Inspection(Snapshots.Process(7, "app", 900)));
        Assert.Contains("<p class=\"big high\"><b>900</b> open, 87 % of the limit <span class=\"bounds\">limit 1 024, hard limit 1 024</span></p>", text, StringComparison.Ordinal);
        Assert.Contains("<rect class=\"used high\" width=\"87.89%\"", text, StringComparison.Ordinal);
        Assert.Contains("<p class=\"big fine\"><b>5</b> open, 0 % of", Overview(Inspection(Snapshots.Process(7, "app", 5))), StringComparison.Ordinal);
    }

    [Fact]
    public void Limit_ThatIsAbsentOrUnknown_HasNoGauge()
    {
        ProcessSample unlimited = Snapshots.Process(7, "app", 900, softLimit: null);
        foreach (ProcessSample process in (ProcessSample[])[unlimited, unlimited with { Facts = unlimited.Facts with { Limits = null } }, unlimited with { OpenFds = null }])
        {
            string text = Overview(Inspection(process));
            Assert.DoesNotContain("class=\"gauge\"", text, StringComparison.Ordinal);
            Assert.Contains(process.Facts.Limits is null ? "limit not known" : "no limit", text, StringComparison.Ordinal);
            Assert.Contains(process.OpenFds is null ? "<b>Not known</b> open" : "<b>900</b> open", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Limit_ThatNoProcessReaches_TakesNoSpace()
    {
        string text = Overview(Inspection(Snapshots.Process(7, "app", 900, softLimit: 1_073_741_816)));
        Assert.Contains("<b>900</b> open <span class=\"bounds\">limit 1 073 741 816, practically none</span>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"gauge\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Chart_IsDrawnForARecordedProcess_AndNotForAnother()
    {
        SteppedTime time = new();
        HostHistory history = new(time);
        ProcessSample process = Snapshots.Process(7, "app", 900);
        history.Add(new GroupedHost { Snapshot = Snapshots.Of(process), TopProcesses = [new TopProcess(process, null)] });
        Assert.Contains("The history begins with this scan.", Overview(Inspection(process), history), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(1));
        process = process with { OpenFds = 950 };
        history.Add(new GroupedHost { Snapshot = Snapshots.Of(process), TopProcesses = [new TopProcess(process, null)] });
        string text = Overview(Inspection(process), history);
        Assert.Contains("aria-label=\"In the last 1 min between 900 and 950 descriptors\"", text, StringComparison.Ordinal);
        Assert.Contains(">limit 1 024</text>", text, StringComparison.Ordinal);
        Assert.Contains("No history: it is recorded for the largest processes", Overview(Inspection(Snapshots.Process(8, "other", 5)), history), StringComparison.Ordinal);
    }

    [Fact]
    public void Bar_HasAPartForEachTypeAndState_TheLostInTheirColour()
    {
        string text = Overview(Inspection(
            Snapshots.Process(7, "app", 10),
            [.. Enumerable.Range(0, 6).Select(static i => Tcp(i, TcpState.CloseWait)), .. Enumerable.Range(6, 3).Select(static i => Tcp(i, TcpState.Established)), new FdSample(9, FdType.Pipe, "pipe:[1]", null)]));
        Assert.Equal(
            ["closewait tcp close_wait 6 60 %", "p1 tcp established 3 30 %", "p2 pipe 1 10 %"],
            Entries(text));
        Assert.Contains("<a class=\"name\" href=\"?q=close_wait#fds-title\">tcp close_wait</a>", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Bar_AddsUpToWhatIsThere_WithManyKindsAndUnlistedOnes()
    {
        FdType[] types = [FdType.Pipe, FdType.File, FdType.DeletedFile, FdType.EventFd, FdType.EventPoll, FdType.TimerFd, FdType.SignalFd, FdType.MemFd, FdType.Device, FdType.Inotify];
        ProcessInspection inspection = Inspection(Snapshots.Process(7, "app", 40), [.. types.Select(static (type, i) => new FdSample(i, type, "x", null))]) with { Unlisted = 30 };
        string[] entries = Entries(Overview(inspection));
        Assert.Equal(["others 2 other kinds 2 5 %", "without not listed 30 75 %"], entries[^2..]);
        Assert.Equal(8, entries.Length - 2);
    }

    [Fact]
    public void Tables_OfThreads_AreListedWithTheirNumbers()
    {
        ProcessSample process = Snapshots.Process(7, "app", 5);
        process = process with { Facts = process.Facts with { Tables = new FdTables([7, 70], true) }, LargestTable = 3 };
        ProcessInspection inspection = Inspection(process, [File(0, null), File(1, null), File(2, null), File(0, 70), File(1, 70)]);
        Assert.Contains("<li>process <a href=\"/process/7\">7</a> 3</li>\n<li>thread <a href=\"/process/70\">70</a> 2</li>", Overview(inspection), StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"tables\"", Overview(Inspection(Snapshots.Process(7, "app", 5))), StringComparison.Ordinal);
        Assert.Contains("Only the descriptor table of thread 70 is shown.", Overview(inspection with { Thread = 70 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Group_IsOpenedToItsFirstDescriptors_AndNoOthers()
    {
        FdSample[] fds = [.. Enumerable.Range(0, 30).Select(static i => Tcp(i, TcpState.CloseWait)), Tcp(40, TcpState.Established), Tcp(41, TcpState.Established), File(42, null)];
        ProcessInspection inspection = Inspection(Snapshots.Process(7, "app", 33), fds);
        string closed = Descriptors(inspection, s_empty);
        Assert.DoesNotContain("class=\"fds\"", closed, StringComparison.Ordinal);
        Assert.Contains("href=\"?open=socket%20close_wait%20to%2010.0.0.9%3A443#kinds-title\" aria-expanded=\"false\">close_wait to 10.0.0.9:443</a>", closed, StringComparison.Ordinal);

        string open = Descriptors(inspection, Query("open", "socket close_wait to 10.0.0.9:443"));
        string[] shown = [.. Entry().Matches(open).Select(static match => match.Groups[1].Value)];
        Assert.Equal([.. Enumerable.Range(0, FdGroup.MostFirst).Select(static i => FormattableString.Invariant($"{i}"))], shown);
        Assert.Contains("<li><b>0</b> tcp socket <span class=\"path\">close_wait</span> <span class=\"path\">10.0.0.1:50000 → 10.0.0.9:443</span></li>", open, StringComparison.Ordinal);
        Assert.Contains("<a href=\"?open=socket%20close_wait%20to%2010.0.0.9%3A443&amp;q=10.0.0.9%3A443#fds-title\">List all 30</a>", open, StringComparison.Ordinal);
        Assert.Contains("href=\"?#kinds-title\" aria-expanded=\"true\"", open, StringComparison.Ordinal);

        // Also among the matches of a filter only.
        string filtered = Descriptors(inspection, Query("open", "socket established to 10.0.0.9:443"), filter: "established");
        Assert.Equal(["40", "41"], Entry().Matches(filtered).Select(static match => match.Groups[1].Value));
    }

    private static FdSample File(int fd, int? thread) => new(fd, FdType.File, $"/srv/{fd}", null) { Thread = thread };

    private static FdSample Tcp(int fd, TcpState state) => new(
        fd,
        FdType.Socket,
        FormattableString.Invariant($"socket:[{fd + 100}]"),
        new SocketSample(SocketProtocol.Tcp, state, ConnectionDirection.Outbound, new ConnectionAddress(0, 0, 0) { Path = "10.0.0.1:50000" }, new ConnectionAddress(0, 0, 0) { Path = "10.0.0.9:443" }));

    private static ProcessInspection Inspection(ProcessSample process, params FdSample[] fds) => new()
    {
        TakenAt = DateTimeOffset.UnixEpoch,
        Process = process,
        Arguments = [],
        IsVisible = true,
        Types = default,
        Fds = [.. fds],
        Unlisted = 0,
        IsCutShort = false,
    };

    private static string Overview(ProcessInspection inspection, HostHistory? history = null)
    {
        Html html = new();
        ProcessOverview.Write(html, inspection, history ?? new HostHistory(TimeProvider.System), s_empty);
        return Plain(html);
    }

    private static string Descriptors(ProcessInspection inspection, PageQuery query, string filter = "")
    {
        Html html = new();
        DescriptorsSection.Write(html, FdList.Of(inspection, Details.All, filter, 0, DescriptorsSection.PageLength), query);
        return Plain(html);
    }

    private static PageQuery Query(string name, string value) => new(new Dictionary<string, string> { [name] = value });

    private static string Plain(Html html) => html.ToString().Replace('\u00a0', ' ');

    /// <summary>Colour and text of each part of the bar.</summary>
    private static string[] Entries(string text)
        => [.. Part().Matches(text).Select(static match => $"{match.Groups[1].Value} {Spaces().Replace(Tag().Replace(match.Groups[2].Value, ""), " ").Trim()}")];

    [GeneratedRegex("<li><svg class=\"key\"[^>]*><rect class=\"([a-z0-9]+)\"(.*?)</li>", RegexOptions.Singleline)]
    private static partial Regex Part();

    [GeneratedRegex("<[^>]*>| width=.*?</svg>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("<li><b>([0-9]+)</b>")]
    private static partial Regex Entry();
}
