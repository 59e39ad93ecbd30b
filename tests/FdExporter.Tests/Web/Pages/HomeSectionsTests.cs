using System.Text.RegularExpressions;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using FdExporter.Web.Pages;
using FdExporter.Web.Serving;

namespace FdExporter.Tests.Web.Pages;

/// <summary>The tables of connections, other limits and deleted files.</summary>
public partial class HomeSectionsTests
{
    private const string Hostile = "<img src=x onerror=x()>\u202E";
    private const string Escaped = "&lt;img src=x onerror=x()&gt;";

    private static readonly Section s_addresses = static (html, host, query, most, none) => AddressesSection.Write(
        html, new HostView(host, new HostHistory(TimeProvider.System), new Verdict(DateTimeOffset.UnixEpoch, [])), query, most, none);

    private static readonly GroupedHost s_unknown = new() { Snapshot = Snapshots.Of() with { Connections = null, Listeners = null, Files = null } };

    [Fact]
    public void Connections_ShowStatesIdleAndUnanswered_TheLargestFirst()
    {
        GroupedHost host = Host() with
        {
            Addresses =
            [
                Address("crawler", ConnectionDirection.Outbound, "10.0.0.9:443", (TcpState.SynSent, 20), (TcpState.Established, 4)) with { Unanswered = Connecting(18) },
                Address("pool", ConnectionDirection.Outbound, "10.0.0.7:5432", (TcpState.Established, 4800)) with { Idle = Idle(4000, 300) },
                Address("web", ConnectionDirection.Inbound, ":443"),
            ],
        };
        Assert.Equal(
            ["pool|outbound|10.0.0.7:5432|4 800|–|established 4 800|4 300|4 000|", "crawler|outbound|10.0.0.9:443|24|–|syn_sent 20, established 4|–|–|connecting 18"],
            Rows(s_addresses, host));
        Assert.Equal(["crawler"], Rows(s_addresses, host, "0.9:4").Select(static row => row.Split('|')[0]));
    }

    [Fact]
    public void Limits_AreSortedByUse_AndAFullQueueIsAHundredPercent()
    {
        GroupedHost host = Host() with
        {
            Snapshot = Snapshots.Of() with
            {
                Connections = new HostConnections([], new EphemeralPorts(10_000, [new EphemeralPortUse(new ConnectionAddress(0, 0, 0) { Path = "10.0.0.7:443" }, 9000, 8000)])),
                Files = new FileUse([], [], 0, 0) { MaxInotifyInstances = 128, MaxInotifyWatches = 1000 },
            },
            Listeners = [new("web", ":443", 129, 128, 77), new("idle", ":80", 0, 128, 0), new("one", ":81", 1, 0, null), new("text", ":82", 3, null, null)],
            InotifyUsers = [new("build", 64, 20), new("other", 200, null)],
        };
        Assert.Equal(
            [
                "accept queue|web|:443|129|128|100 %|77",
                "accept queue|one|:81|1|0|100 %|",
                "local ports||10.0.0.7:443|9 000|10 000|90 %|",
                "inotify instances|build||64|128|50 %|",
                "inotify watches|build||20|1 000|2 %|",
                "accept queue|text|:82|3|–|–|",
                "inotify instances|other||200|–|–|",
            ],
            Rows(LimitsSection.Write, host));
        Assert.Equal(2, Rows(LimitsSection.Write, host, "BUILD").Length);
    }

    [Fact]
    public void DeletedFiles_ShowSpaceAndShare()
    {
        GroupedHost host = Host() with { DeletedFiles = [new("log", "/var", 3 << 20, 0.2), new("db", "/srv", 2L << 30, null), new("gone", "/", 0, null)] };
        Assert.Equal(["db|/srv|2 GiB|–", "log|/var|3 MiB|20 %"], Rows(DeletedFilesSection.Write, host));
        Assert.Equal(["log|/var|3 MiB|20 %"], Rows(DeletedFilesSection.Write, host, "/var"));
    }

    [Fact]
    public void HostileNames_StayText()
    {
        GroupedHost host = Host() with
        {
            Addresses = [Address(Hostile, ConnectionDirection.Outbound, Hostile, (TcpState.Established, 1))],
            Listeners = [new(Hostile, Hostile, 1, 5, null)],
            InotifyUsers = [new(Hostile, 1, 1)],
            DeletedFiles = [new(Hostile, Hostile, 1, null)],
        };
        foreach (Section section in (Section[])[s_addresses, LimitsSection.Write, DeletedFilesSection.Write])
        {
            string text = Text(section, host);
            Assert.Contains(Escaped, text, StringComparison.Ordinal);
            Assert.DoesNotContain("<img", text, StringComparison.Ordinal);
            Assert.DoesNotContain('\u202E', text);
        }
    }

    [Fact]
    public void Unknown_IsSaid_AndIsNotNone()
    {
        Assert.Contains("Not known: the collector connections failed or is switched off.", Text(s_addresses, s_unknown), StringComparison.Ordinal);
        Assert.Contains("Not known: the collector files failed or is switched off.", Text(DeletedFilesSection.Write, s_unknown), StringComparison.Ordinal);
        Assert.Contains("Not known: accept queues, local ports, inotify.", Text(LimitsSection.Write, s_unknown), StringComparison.Ordinal);
        Assert.All((Section[])[s_addresses, DeletedFilesSection.Write], static section => Assert.Contains("None.", Text(section, Host()), StringComparison.Ordinal));

        string partly = Text(LimitsSection.Write, s_unknown with { InotifyUsers = [new("root", 3, 4)] });
        Assert.Contains("inotify watches", partly, StringComparison.Ordinal);
        Assert.Contains("Not known: accept queues, local ports.", partly, StringComparison.Ordinal);
    }

    private delegate void Section(Html html, GroupedHost host, PageQuery query, int most, string none);

    private static GroupedHost Host() => new()
    {
        Snapshot = Snapshots.Of() with { Connections = new HostConnections([], new EphemeralPorts(10_000, [])) },
        Addresses = [],
        Listeners = [],
        DeletedFiles = [],
        InotifyUsers = [],
    };

    private static AddressGroup Address(string group, ConnectionDirection direction, string address, params ReadOnlySpan<(TcpState State, int Count)> states)
    {
        TcpStateCounts counts = default;
        foreach ((TcpState state, int count) in states)
        {
            counts[state] = count;
        }

        return new AddressGroup(group, direction, address) { States = counts };
    }

    private static UnansweredCounts Connecting(int count)
    {
        UnansweredCounts counts = default;
        counts[UnansweredCause.Connecting] = count;
        return counts;
    }

    private static IdleCounts Idle(int without, int with)
    {
        IdleCounts counts = default;
        (counts[2 * IdleCounts.Hour], counts[(2 * IdleCounts.Hour) + 1]) = (without, with);
        return counts;
    }

    private static string Text(Section section, GroupedHost host, string filter = "")
    {
        Html html = new();
        section(html, host, new PageQuery(new Dictionary<string, string> { ["q"] = filter }), 20, "None.");
        return html.ToString();
    }

    /// <summary>The cells of each row, with plain spaces.</summary>
    private static string[] Rows(Section section, GroupedHost host, string filter = "")
        => [.. Row().Matches(Text(section, host, filter).Replace('\u00a0', ' '))
            .Select(static row => string.Join('|', Cell().Matches(row.Value).Select(static cell => Tag().Replace(cell.Groups[1].Value, "").Trim())))];

    [GeneratedRegex("<tr><td.*?</tr>")]
    private static partial Regex Row();

    [GeneratedRegex("<td[^>]*>(.*?)</td>")]
    private static partial Regex Cell();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}
