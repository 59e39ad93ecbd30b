using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Deploy;

namespace FdExporter.EndToEnd;

/// <summary>A leak, and who hears of it in which words: the real chain from the kernel to the receiver's webhook.</summary>
public partial class AlertingTests(AlertChain chain) : IClassFixture<AlertChain>
{
    private const string Growing = "FdMayLeak";
    private const string NotAccepted = "FdNotAccepted";

    [Fact]
    public async Task Leak_IsNotifiedWithItsName_AndResolvedWhenItEnds()
    {
        Notice firing = await chain.WaitForNoticeAsync(Growing, AlertChain.Leaking, "firing");
        Assert.Equal("note", firing.Receiver);
        Assert.Equal(
            ("fd-exporter", "info"),
            (firing.Labels["job"], firing.Labels["severity"]));
        Assert.Matches(
            @"^shop \(2 processes, most sockets in pid \d+(, [^)]+)?\) on 127\.0\.0\.1 holds \d+ sockets in CLOSE_WAIT or reset since then, \+\d+ an hour for at least \d+m\. "
                + @"This may be a leak; the number may also fall again\. First step: open http://\S+/process/\d+ to see what it holds\.$",
            firing.Annotations["description"]);
        Assert.Equal("Descriptors of a program grow steadily.", firing.Annotations["summary"]);
        using HttpClient browser = new();
        Assert.Contains(">shop</a> <small>pid ", await chain.LeakPageAsync(), StringComparison.Ordinal);
        string runbook = await browser.GetStringAsync(new Uri(firing.Annotations["runbook_url"]));
        Assert.Contains("<h1 id=\"fdmayleak\">FdMayLeak</h1>", runbook, StringComparison.Ordinal);

        await chain.EndLeakAsync();
        Notice resolved = await chain.WaitForNoticeAsync(Growing, AlertChain.Leaking, "resolved");
        Assert.Equal(firing.Labels, resolved.Labels);
        Assert.Equal("note", resolved.Receiver);
    }

    [Fact]
    public async Task Silences_OfTheRunbooks_AreUnderstoodAndMeanTheirAlert()
    {
        foreach (Runbook runbook in Runbook.All)
        {
            // The silences name other machines and programs, so they affect no alert that another test waits for.
            Assert.DoesNotContain(AlertChain.Leaking, runbook.Silence, StringComparison.Ordinal);
            Assert.DoesNotContain(AlertChain.Hanging, runbook.Silence, StringComparison.Ordinal);
            Assert.DoesNotContain(AlertChain.Full, runbook.Silence, StringComparison.Ordinal);
            Assert.DoesNotContain(IdleHours.Program, runbook.Silence, StringComparison.Ordinal);
            Assert.Equal([runbook.Name], await chain.SilenceAsync(runbook.Silence));
        }
    }

    [Fact]
    public async Task HangingServer_IsPaged_AndItsGrowthIsMuted()
    {
        Notice page = await chain.WaitForNoticeAsync(NotAccepted, AlertChain.Hanging, "firing");
        Assert.Equal("page", page.Receiver);
        Assert.Equal(
            (AlertChain.Hanging, "critical"),
            (page.Labels["group"], page.Labels["severity"]));
        Assert.Matches(
            $@"^hanging( \([^)]+\))? on 127\.0\.0\.1 has not accepted \d+ connections on port {chain.HangingEndpoint}: the clients waited and closed them\.",
            page.Annotations["description"]);

        await chain.WaitUntilFiringAsync(Growing, AlertChain.Hanging);
        await chain.WaitUntilInhibitedAsync(Growing, AlertChain.Hanging, by: NotAccepted);

        // Alertmanager has sent a dozen rounds before it reports that the other leak has ended: none contained this alert.
        await chain.WaitForNoticeAsync(Growing, AlertChain.Leaking, "firing");
        await chain.EndLeakAsync();
        await chain.WaitForNoticeAsync(Growing, AlertChain.Leaking, "resolved");
        bool toldOfGrowth = chain.Notices.Any(static notice => notice.Is(Growing, AlertChain.Hanging, "firing"));

        // If this machine stalls for five seconds (five minutes of the rules), the page pauses, and with it what it mutes.
        Assert.False(toldOfGrowth && await chain.FiresWithoutAPauseAsync(NotAccepted, AlertChain.Hanging), string.Join('\n', chain.Notices));
    }

    /// <summary>Both sides hear of it: the program that accepts too slowly, and the one whose connections are not answered.</summary>
    [Fact]
    public async Task FullListener_IsNotifiedWithItsAddress_AsAreItsClients_AndResolvedWhenItEnds()
    {
        const string queueFull = "FdListenerQueueFull";
        Notice firing = await chain.WaitForNoticeAsync(queueFull, AlertChain.Full, "firing");
        Assert.Equal(
            ("ticket", "warning", chain.FullEndpoint),
            (firing.Receiver, firing.Labels["severity"], firing.Labels["address"]));
        Assert.Equal("A server accepts connections too slowly.", firing.Annotations["summary"]);
        Assert.Matches(
            $@"^slowserver \(pid \d+(, [^)]+)?\) on 127\.0\.0\.1 has a full accept queue on port {chain.FullEndpoint}: {AlertChain.Backlog + 1} connections wait, "
                + $@"the backlog is {AlertChain.Backlog}\. About [1-9][\d.]* connections a minute are dropped\. New clients wait or time out\. "
                + @"First step: open http://\S+/process/\d+ to see whether it has reached its descriptor limit\. If not, take a thread dump\.$",
            firing.Annotations["description"]);
        using HttpClient browser = new();
        string process = await browser.GetStringAsync(new Uri(AlertChain.ProcessPage().Match(firing.Annotations["description"]).Value));
        Assert.Contains(">slowserver</a> <small>pid ", process, StringComparison.Ordinal);
        string runbook = await browser.GetStringAsync(new Uri(firing.Annotations["runbook_url"]));
        Assert.Contains($"<h1 id=\"fdlistenerqueuefull\">{queueFull}</h1>", runbook, StringComparison.Ordinal);

        Notice clients = await chain.WaitForNoticeAsync("FdConnectionsUnanswered", "leaklab-peer", "firing");
        Assert.Equal(
            ("ticket", "outbound", $"127.0.0.1{chain.FullEndpoint}"),
            (clients.Receiver, clients.Labels["direction"], clients.Labels["address"]));
        Assert.Matches(
            $@"^leaklab-peer \(\d+ processes, one of them pid \d+(, [^)]+)?\) on 127\.0\.0\.1 has \d+ connections to 127\.0\.0\.1{chain.FullEndpoint} "
                + @"whose peer has not answered for ten seconds or longer\. ",
            clients.Annotations["description"]);

        await chain.EndListenerAsync();
        Notice resolved = await chain.WaitForNoticeAsync(queueFull, AlertChain.Full, "resolved");
        Assert.Equal(firing.Labels, resolved.Labels);
        await chain.WaitForNoticeAsync("FdConnectionsUnanswered", "leaklab-peer", "resolved");
    }

    [Fact]
    public async Task EphemeralPorts_ThatRunOut_AreNotifiedWithAddressAndProgram_AndResolvedWhenTheyAreFree()
    {
        const string nearLimit = "FdEphemeralPortsNearLimit";
        Notice firing = await chain.WaitForNoticeAsync(nearLimit, null, "firing");
        Assert.Equal(
            ("ticket", "warning", chain.DialedEndpoint),
            (firing.Receiver, firing.Labels["severity"], firing.Labels["address"]));
        Assert.Matches(
            $@"^127\.0\.0\.1 uses {100.0 * AlertChain.PortsUsed / AlertChain.Ports:0}% of its local ports for connections to {Regex.Escape(chain.DialedEndpoint)}, most connections are of "
                + $@"{AlertChain.Dialing}\. Without a free port connect\(\) fails with EADDRNOTAVAIL\. First step: open http://\S+/explain to see how many are in TIME_WAIT: ",
            firing.Annotations["description"]);
        using HttpClient browser = new();
        string explained = await browser.GetStringAsync(new Uri(ExplainPage().Match(firing.Annotations["description"]).Value));
        Assert.Contains("3 400 of 4 000 are used", WhiteSpace().Replace(explained, " "), StringComparison.Ordinal);

        await chain.EndDialerAsync();
        Notice resolved = await chain.WaitForNoticeAsync(nearLimit, null, "resolved");
        Assert.Equal(firing.Labels, resolved.Labels);
    }

    /// <summary>What is live here, and what is stored for a moment: see <see cref="IdleHours"/>.</summary>
    [Fact]
    public async Task IdleConnections_ThatGrowForHours_AreNotifiedWithTheirAddress_AndResolvedWhenTheyEnd()
    {
        const string growing = "FdIdleConnectionsGrowing";
        await chain.IdleHours.Ready;
        Assert.Matches(
            $@"^WARNING: orders \(pid {chain.IdleHours.Pid}\) holds \d+ connections to 127\.0\.0\.1:5432 over which nothing has come for an hour, "
                + @"\+1[123]/h over the last 8 h 30 min; keepalive is off: the peer may be gone\. ",
            chain.IdleHours.Verdict);

        Notice firing = await chain.WaitForNoticeAsync(growing, IdleHours.Program, "firing");
        Assert.Equal(
            ("ticket", "warning", "outbound", "127.0.0.1:5432"),
            (firing.Receiver, firing.Labels["severity"], firing.Labels["direction"], firing.Labels["address"]));
        Assert.Equal("A program holds more and more connections that it does not use.", firing.Annotations["summary"]);
        Match description = IdleDescription().Match(firing.Annotations["description"]);
        Assert.True(description.Success, firing.Annotations["description"]);
        Assert.Equal(chain.IdleHours.Pid, description.Groups["pid"].Value);
        Assert.Equal(description.Groups["count"].Value, description.Groups["off"].Value);
        Assert.Equal($"{IdleHours.Page}/runbooks/{growing}.md", firing.Annotations["runbook_url"]);

        chain.IdleHours.EndProgram();
        Notice resolved = await chain.WaitForNoticeAsync(growing, IdleHours.Program, "resolved");
        Assert.Equal(firing.Labels, resolved.Labels);
    }

    [GeneratedRegex(@"^orders \(pid (?<pid>\d+)\) on 127\.0\.0\.1 holds (?<count>\d+) connections to 127\.0\.0\.1:5432 over which nothing has come for an hour, "
        + @"\+1[123] an hour over the last 510m\. (?<off>\d+) have no keepalive: their peer may be gone\. "
        + @"First step: save http://machine\.example\.com:10070/process/\k<pid> before a restart destroys the evidence\.$")]
    private static partial Regex IdleDescription();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"http://\S+/explain")]
    private static partial Regex ExplainPage();
}
