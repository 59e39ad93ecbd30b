using System.Globalization;
using System.Text.RegularExpressions;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using FdExporter.Web.Pages;
using FdExporter.Web.Serving;

namespace FdExporter.Tests.Web.Pages;

/// <summary>The first page as a whole.</summary>
public partial class HomePageTests
{
    private const int Most = 60 * 1024;

    /// <summary>A busy machine: each table is full, each row grows, each chart has three hours, and there are more findings than fit.</summary>
    [Fact]
    public void Page_OfABusyMachine_IsSmall()
    {
        SteppedTime time = new();
        HostHistory history = new(time);
        GroupedHost host = Host(0);
        for (int minute = 0; minute < 180; minute++)
        {
            host = Host(minute);
            history.Add(host);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Finding[] findings = [.. Enumerable.Range(0, 12).Select(static i => new Finding(
            "process_near_limit",
            Severity.Warning,
            $"{Name(i)} (pid\u00a0{i + 100}, {Name(i)}.service) holds 9\u00a0000 of 10\u00a0240 descriptors, 88\u00a0%, most of them TCP sockets, +1\u00a0200/h; the limit is reached in about 1\u00a0h. At 100\u00a0% open(), socket() and accept() fail with EMFILE.",
            $"List them: fd-exporter inspect {i + 100}. Raise the limit now: prlimit --pid {i + 100} --nofile=20480:20480.")
        {
            Culprit = new ProcessId(i + 100, 1),
            Rising = HistoryKey.GroupFds(Name(i)),
        })];
        HostView view = new(host, history, new Verdict(DateTimeOffset.UnixEpoch, [.. findings]));
        string page = new Layout("/metrics").Write("machine", html => HomePage.Write(html, view, new PageQuery(new Dictionary<string, string>()), 15_000), isLive: true);
        Assert.Contains("<a href=\"/explain\">2 more findings</a>", page, StringComparison.Ordinal);
        Assert.Contains("<svg class=\"trend\"", page, StringComparison.Ordinal);
        Assert.Contains("<figure class=\"spark\">", page, StringComparison.Ordinal);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(page), Most / 2, Most);
    }

    /// <summary>Two hundred equal workers, one of them with a finding and one near its limit, and ten other programs.</summary>
    [Fact]
    public void EqualProcesses_AreAddedUp_ExceptThoseThatNeedALook()
    {
        ProcessSample[] workers = [.. Enumerable.Range(0, 200).Select(static i => Snapshots.Process(i + 100, "worker", i == 0 ? 900 : 70, 1024))];
        ProcessSample[] others = [.. Enumerable.Range(0, 10).Select(static i => Snapshots.Process(i + 1000, Name(i), 20 + i))];
        Finding finding = new("rule", Severity.Warning, "worker leaks.", "") { Culprit = workers[150].Id };
        GroupedHost host = new() { Snapshot = Snapshots.Of([.. workers, .. others, Snapshots.Process(2000, "worker", null)]) };
        HostView view = new(host, new HostHistory(TimeProvider.System), new Verdict(DateTimeOffset.UnixEpoch, [finding]));
        string text = Processes("", "");
        Assert.Equal(["100", "101", "102", "103", "250", .. Enumerable.Range(1000, 10).Reverse().Select(static pid => FormattableString.Invariant($"{pid}")).Take(9)], PidsOf(text));
        Assert.Contains(
            "<a class=\"path\" href=\"/program/worker\">worker</a>: 196 more processes, 13 650 descriptors together, not known of 1, the fullest at 6 % of its limit</td>",
            text,
            StringComparison.Ordinal);
        Assert.Contains("14 of 211 shown, 196 added up.", text, StringComparison.Ordinal);

        // A filter and longer tables ask for the rows.
        Assert.DoesNotContain("more processes", Processes("q", "worker"), StringComparison.Ordinal);
        Assert.Equal(211, PidsOf(Processes("rows", "many")).Length);

        string Processes(string name, string value)
        {
            Html html = new();
            PageQuery query = new(new Dictionary<string, string> { [name] = value });
            ProcessesSection.Write(html, view, null, query, TableLength.Of(query), "None.");
            return html.ToString().Replace('\u00a0', ' ');
        }
    }

    private static string[] PidsOf(string text) => [.. Pid().Matches(text).Select(static match => match.Groups[1].Value)];

    [GeneratedRegex("href=\"/process/([0-9]+)\"")]
    private static partial Regex Pid();

    private static GroupedHost Host(int minute)
    {
        ProcessSample[] processes = [.. Enumerable.Range(0, 1000).Select(i => Snapshots.Process(i + 100, Name(i % 200), 100 + i + (minute * 20), 10_240))];
        TcpStateCounts states = default;
        (states[TcpState.Established], states[TcpState.CloseWait], states[TcpState.TimeWait]) = (1000 + (minute * 20), 50, 10);
        return new GroupedHost
        {
            Snapshot = Snapshots.Of(processes) with { FileHandles = new FileHandles(14_000 + (ulong)(minute * 20), 1 << 20, null) },
            Groups = [.. Enumerable.Range(0, 100).Select(i => new GroupSample(Name(i), 5, 2000 + (minute * 20), 500, 0.5))],
            TopProcesses = [.. processes.TakeLast(20).Select(static process => new TopProcess(process, null))],
            CloseWait = [.. Enumerable.Range(0, 50).Select(i => new CloseWaitGroup(Name(i), ConnectionDirection.Outbound, $"192.168.121.{i}:443", [100 + (minute * 20)], TimeSpan.FromHours(5), default))],
            Addresses = [.. Enumerable.Range(0, 50).Select(i => new AddressGroup(Name(i), ConnectionDirection.Outbound, $"192.168.121.{i}:443") { States = states })],
            Listeners = [.. Enumerable.Range(0, 50).Select(static i => new ListenerGroup(Name(i), $"0.0.0.0:{i + 8000}", i, 128, i))],
            DeletedFiles = [.. Enumerable.Range(0, 30).Select(static i => new DeletedFilesGroup(Name(i), "/var/log", (i + 1) << 20, 0.1))],
            InotifyUsers = [new("root", 64, 20)],
            Namespaces = [],
        };
    }

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"program-{i}");
}
