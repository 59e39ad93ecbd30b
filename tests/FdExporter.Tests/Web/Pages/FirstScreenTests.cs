using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using FdExporter.Web.Pages;
using FdExporter.Web.Serving;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Web.Pages;

/// <summary>The status line and the cards of findings.</summary>
public class FirstScreenTests
{
    private static readonly ProcessId s_culprit = new(11342, 1);

    [Fact]
    public void Status_IsTheWorstFinding_WithItsFirstSentence()
    {
        string text = Status(new Finding("a", Severity.Critical, "app (pid 7, a.service) holds 9 of 10.5. Oldest 6 h.", ""), new Finding("b", Severity.Note, "B.", ""));
        Assert.Contains("<div class=\"status critical\">", text, StringComparison.Ordinal);
        Assert.Contains("<strong>Critical.</strong> app (pid 7, a.service) holds 9 of 10.5. <a href=\"#verdict\">1 more finding</a>", text, StringComparison.Ordinal);
        Assert.Contains(
            "<strong>Critical, about 4\u00a0min to the limit.</strong> app has not closed them.</p>",
            Status(new Finding("a", Severity.Critical, "app has not closed them (cause not_closed). 15 of them are old.", "") { TimeToLimit = TimeSpan.FromMinutes(4) }),
            StringComparison.Ordinal);
        Assert.Contains("<div class=\"status warning\">", Status(new Finding("a", Severity.Warning, "A.", "")), StringComparison.Ordinal);
        Assert.Contains("<strong>Fine.</strong> A note.", Status(new Finding("a", Severity.Note, "A note.", "")), StringComparison.Ordinal);
        Assert.Contains("<strong>Fine.</strong> Nothing to report", Status(), StringComparison.Ordinal);
    }

    [Fact]
    public void Trust_SaysWhatIsHidden()
    {
        HostSnapshot all = Snapshots.Of([.. Enumerable.Range(1, 211).Select(static pid => Snapshots.Process(pid, "a", 5) is var process
            ? process with { Facts = process.Facts with { Visibility = ProcessVisibility.Full } } : default)]);
        Assert.Equal(("All 211 processes seen", true), StatusLine.SeenOf(all));
        Assert.Equal(("3 of 214 processes hidden", false), StatusLine.SeenOf(all with { Processes = all.Processes! with { Unidentified = 3 } }));
        Assert.Equal(("Only the processes of this container or guest", false), StatusLine.SeenOf(all with { Coverage = Coverage.Full with { IsWholeMachine = false } }));
        Assert.Equal(("211 processes seen, perhaps not all", false), StatusLine.SeenOf(all with { Coverage = Coverage.Full with { IsWholeMachine = null } }));
        Assert.Equal(("Processes not known", false), StatusLine.SeenOf(all with { Processes = null }));
    }

    [Fact]
    public void Card_ShowsWhatRises_AndEscapesNames()
    {
        FakeTimeProvider time = new();
        HostHistory history = new(time);
        for (int i = 0; i < 10; i++)
        {
            history.Add(new GroupedHost { Snapshot = Snapshots.Of() with { FileHandles = new FileHandles(1000 + (ulong)(i * 10), 1 << 20, null) } });
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Finding finding = new("a", Severity.Warning, "<b>rises", "See <i>.") { Culprit = s_culprit, Rising = HistoryKey.SystemHandles, Began = "Since noon." };
        string text = Cards(history, finding);
        Assert.Contains("<figcaption>1\u00a0000 to 1\u00a0090 in 9\u00a0min</figcaption>", text, StringComparison.Ordinal);
        Assert.Contains("<p>&lt;b&gt;rises Since noon.</p>", text, StringComparison.Ordinal);
        Assert.Contains("See &lt;i&gt;. <a href=\"/process/11342\">Inspect pid 11342</a>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<figure", Cards(history, finding with { Rising = HistoryKey.GroupFds("unknown") }), StringComparison.Ordinal);
    }

    [Fact]
    public void Process_HasItsOwnCards_AndALinkToThoseOfItsProgram()
    {
        Finding own = new("process_near_limit", Severity.Warning, "It fills.", "Raise it.") { Culprit = s_culprit };
        Finding program = new("close_wait", Severity.Warning, "They leak.", "Close them.") { Program = "app" };
        Finding[] others = [program with { Program = "application" }, own with { Culprit = new ProcessId(11342, 2) }, new("system", Severity.Note, "The machine.", "")];
        string text = OfProcess([own, program, program with { Culprit = new ProcessId(8, 1) }, program with { Culprit = s_culprit, Text = "Its own." }, .. others]);
        Assert.Equal(2, text.Split("<article class=\"finding warning\">").Length - 1);
        Assert.Contains("<p>It fills. </p>", text, StringComparison.Ordinal);
        Assert.Contains("<p>Its own. </p>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Inspect pid", text, StringComparison.Ordinal);
        Assert.Contains("<p><a href=\"/program/app#verdict\">2 findings about the program app</a></p>", text, StringComparison.Ordinal);

        // Its program may be among the others, which have no page.
        Assert.Contains("<a href=\"/explain#verdict\">1 finding about the program app</a>", OfProcess([program], hasPage: false), StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"cards\"", OfProcess([program]), StringComparison.Ordinal);
        Assert.Equal("", OfProcess(others));
    }

    [Theory]
    [InlineData("First: fd-exporter inspect 11342. Then.", "fd-exporter inspect 11342")]
    [InlineData("Save it: fd-exporter inspect 11342 --json. Then.", "fd-exporter inspect 11342 --json")]
    [InlineData("As root: prlimit --pid 11342 --nofile=2000:4000.", "prlimit --pid 11342 --nofile=2000:4000")]
    [InlineData("List them: awk '$5 != 0 { print $6, $7 }' /proc/11342/maps | sort | uniq -c | sort -nr | head. The", "awk '$5 != 0 { print $6, $7 }' /proc/11342/maps | sort | uniq -c | sort -nr | head")]
    [InlineData("Find: wc -l /proc/[0-9]*/maps | sort -n | tail. More.", "wc -l /proc/[0-9]*/maps | sort -n | tail")]
    [InlineData("(Go): perf record -e syscalls:sys_exit_openat --filter 'ret>=0' --call-graph dwarf,8192 -p 11342 -- sleep 60 && perf report --no-children --sort=comm shows", "perf record -e syscalls:sys_exit_openat --filter 'ret>=0' --call-graph dwarf,8192 -p 11342 -- sleep 60 && perf report --no-children --sort=comm")]
    [InlineData("prlimit --pid 1 --nofile=1:1 needs so many.", null)]
    [InlineData("fd-exporter inspect PID. sysctl -w fs.file-max=NUMBER", null)]
    public void Commands_AreMarked_IfTheirFormIsKnownAndTheyConcernTheCulprit(string advice, string? command)
    {
        Html html = new();
        AdviceCommands.Write(html, advice, s_culprit);
        string[] parts = html.ToString().Split("<code class=\"command\">");
        Assert.Equal(command, parts.Length == 1 ? null : System.Net.WebUtility.HtmlDecode(parts[1].Split("</code>")[0]));
        Assert.Equal(advice, System.Net.WebUtility.HtmlDecode(string.Concat(parts).Replace("</code>", "", StringComparison.Ordinal)));
    }

    private static string Status(params Finding[] findings)
    {
        Html html = new();
        StatusLine.Write(html, new Verdict(DateTimeOffset.UnixEpoch, [.. findings]) { AllIsWell = "Nothing to report" }, snapshot: null);
        return html.ToString();
    }

    private static string OfProcess(Finding[] findings, bool hasPage = true)
    {
        Html html = new();
        GroupedHost host = new() { Snapshot = Snapshots.Of(), Groups = hasPage ? [new GroupSample("app", 1, 5, 5, null)] : [] };
        FindingsSection.WriteOf(
            html,
            new HostView(host, new HostHistory(TimeProvider.System), new Verdict(DateTimeOffset.UnixEpoch, [.. findings])),
            Snapshots.Process(s_culprit.Pid, "app", 5));
        return html.ToString();
    }

    private static string Cards(HostHistory history, params Finding[] findings)
    {
        Html html = new();
        FindingsSection.Write(html, new Verdict(DateTimeOffset.UnixEpoch, [.. findings]), history, FindingsSection.FewCards);
        return html.ToString();
    }
}
