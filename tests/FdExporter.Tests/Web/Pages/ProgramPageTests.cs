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

/// <summary>The page of a program: only what belongs to it, and an answer where there is no page.</summary>
public partial class ProgramPageTests
{
    [Theory]
    [InlineData("appserver")]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("50%")]
    [InlineData("a b?c#d+e&f")]
    [InlineData("\"><img src=x o")]
    [InlineData(@"\xe2\x80\xaegnp.exe")]
    [InlineData("名前")]
    [InlineData("...")]
    public void Link_LeadsBackToTheSameName(string name)
    {
        string address = ProgramLink.AddressOf(name)!;
        Assert.Equal(name, ProgramLink.NameIn(address));
        Assert.Equal(name, ProgramLink.NameIn(address + "?q=a/b"));
        Assert.Equal(name, ProgramLink.NameIn("http://host:10070" + address + "#processes"));
        Assert.DoesNotContain(address["/program/".Length..], static c => c is '/' or '"' or '<' or '\\' or ' ' or '?');
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("other")]
    [InlineData("[unknown]")]
    public void NameWithoutAPage_IsNoLink(string name)
    {
        Html html = new();
        ProgramLink.Write(html, name);
        Assert.Equal(name, html.ToString());
        Assert.Null(ProgramPage.Find(Host() with { Groups = [Group(name, 1)] }, name));
    }

    [Fact]
    public void LongestName_FitsTheLimitOfRequests()
        => Assert.True(ProgramLink.AddressOf(new string('名', GroupName.MaxLength))!.Length < 3000);

    [Fact]
    public void Tables_HaveOnlyTheRowsOfTheProgram()
    {
        string text = Text("app");
        Assert.Contains("<h1>app</h1>", text, StringComparison.Ordinal);
        Assert.Equal(
            [
                "app|11|900|1 024|87 %|–|–|–|–|–||",
                "app|12|20|1 024|1 %|–|–|–|–|–||",
                "app|outbound|10.0.0.7:443|3|–",
                ":80|4|9|40 %|2",
                ":81|0|9|0 %|",
                "app|/var|1 MiB|20 %",
            ],
            Rows(text).Select(static row => row.Replace("|established 3|–|–|", "", StringComparison.Ordinal)));
        Assert.Contains("pid 11</a>: 900 of 1 024 (87 %)", Plain(text), StringComparison.Ordinal);
        Assert.DoesNotContain("app server", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Findings_AreThoseOfItsProcessesAndItsName()
    {
        Finding[] findings =
        [
            Finding("of a process", "", new ProcessId(11, 1)),
            Finding("of the name", "app", null),
            Finding("of the name and another's process", "app", new ProcessId(21, 1)),
            Finding("of a longer name", "app server", null),
            Finding("of a longer word", "apple", null),
            Finding("of another", "", new ProcessId(21, 1)),
            Finding("of the machine", "", null),
        ];
        Assert.Equal(["of a process", "of the name", "of the name and another's process"], Found("app"));
        Assert.Equal(["of the name and another's process", "of a longer name", "of another"], Found("app server"));
        Assert.Contains("No finding is about this program.", Text("app"), StringComparison.Ordinal);

        IEnumerable<string> Found(string program) => ProgramView.Of(View(Host(), findings), program).Verdict.Findings.Select(static each => each.Text);
    }

    [Fact]
    public void History_IsDrawnAfterTwoMinutes()
    {
        SteppedTime time = new();
        HostHistory history = new(time);
        GroupedHost host = Host();
        history.Add(host);
        Assert.Contains("The history begins with this scan.", Text("app", history), StringComparison.Ordinal);
        Assert.Contains("No history", Text("app"), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(1));
        history.Add(host with { Groups = [Group("app", 950), Group("app server", 5)] });
        Assert.Contains("aria-label=\"In the last 1 min between 920 and 950 descriptors\"", Plain(Text("app", history)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "The address of a program’s page is /program/NAME.")]
    [InlineData("other", "It adds up the programs that are not shown on their own: 3 in the last scan.")]
    [InlineData("[unknown]", "It adds up the sockets that no visible process holds.")]
    [InlineData("gone", "No process of that name was seen in the last scan.")]
    [InlineData("small", "It runs, with 1 process, but it is among the programs added up in other")]
    [InlineData("<img src=x o>\u202E", "No process of that name was seen in the last scan.")]
    public void MissingPage_SaysWhy(string name, string why)
    {
        Html html = new();
        ProgramPage.WriteMissing(html, Host() with { FoldedGroups = 3 }, name);
        Assert.Contains(why, Plain(html.ToString()), StringComparison.Ordinal);
        Assert.DoesNotContain("<img", html.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', html.ToString());
        Assert.Null(ProgramPage.Find(Host(), name));
    }

    [Fact]
    public void LongName_IsCutInTheAnswer()
    {
        Html html = new();
        ProgramPage.WriteMissing(html, Host(), new string('x', 4000));
        Assert.InRange(html.ToString().Length, 256, 700);
    }

    [Fact]
    public void UnknownProcesses_AreSaidToBeUnknown()
    {
        Html html = new();
        ProgramPage.WriteMissing(html, new GroupedHost { Snapshot = Snapshots.Of() with { Processes = null } }, "app");
        Assert.Contains("The programs are not known", html.ToString(), StringComparison.Ordinal);
    }

    private static GroupedHost Host() => new()
    {
        Snapshot = Snapshots.Of(
            Snapshots.Process(11, "app", 900), Snapshots.Process(12, "app", 20), Snapshots.Process(21, "app server", 5), Snapshots.Process(31, "small", 1)),
        Groups = [Group("app", 920), Group("app server", 5)],
        CloseWait = [],
        Addresses = [Address("app", 3), Address("app server", 5)],
        Listeners = [new("app", ":80", 4, 9, 2), new("app", ":81", 0, 9, null), new("app server", ":82", 1, 9, null)],
        DeletedFiles = [new("app", "/var", 1 << 20, 0.2), new("app server", "/srv", 1 << 20, 0.2)],
    };

    private static GroupSample Group(string name, long fds) => new(name, 1, fds, fds, null);

    private static AddressGroup Address(string group, int count)
    {
        TcpStateCounts states = default;
        states[TcpState.Established] = count;
        return new AddressGroup(group, ConnectionDirection.Outbound, "10.0.0.7:443") { States = states };
    }

    private static Finding Finding(string text, string program, ProcessId? culprit)
        => new("rule", Severity.Warning, text, "") { Program = program, Culprit = culprit };

    private static HostView View(GroupedHost host, Finding[] findings, HostHistory? history = null)
        => new(host, history ?? new HostHistory(TimeProvider.System), new Verdict(DateTimeOffset.UnixEpoch, [.. findings]));

    private static string Text(string program, HostHistory? history = null)
    {
        Html html = new();
        GroupedHost host = Host();
        ProgramPage.Write(html, View(host, [], history), ProgramPage.Find(host, program)!, new PageQuery(new Dictionary<string, string>()));
        return html.ToString();
    }

    private static string Plain(string text) => text.Replace("&#xA0;", " ", StringComparison.Ordinal).Replace('\u00a0', ' ');

    /// <summary>The cells of each row, with plain spaces.</summary>
    private static string[] Rows(string text)
        => [.. Row().Matches(Plain(text)).Select(static row => string.Join('|', Cell().Matches(row.Value).Select(static cell => Tag().Replace(cell.Groups[1].Value, "").Trim())))];

    [GeneratedRegex("<tr><td.*?</tr>")]
    private static partial Regex Row();

    [GeneratedRegex("<td[^>]*>(.*?)</td>")]
    private static partial Regex Cell();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}
