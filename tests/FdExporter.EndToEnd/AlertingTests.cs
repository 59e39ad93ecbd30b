using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Deploy;

namespace FdExporter.EndToEnd;

/// <summary>A leak, and who hears of it in which words: the real chain from the kernel to the receiver's webhook.</summary>
public class AlertingTests(AlertChain chain) : IClassFixture<AlertChain>
{
    private const string Growing = "FdCloseWaitGrowing";
    private const string NotAccepted = "FdNotAccepted";

    [Fact]
    public async Task Leak_ArrivesAsATicketThatNamesIt_AndIsResolvedWhenItEnds()
    {
        Notice firing = await chain.WaitForNoticeAsync(Growing, AlertChain.Leaking, "firing");
        Assert.Equal("ticket", firing.Receiver);
        Assert.Equal(
            ("fd-exporter", "outbound", chain.LeakingEndpoint, "not_closed", "warning"),
            (firing.Labels["job"], firing.Labels["direction"], firing.Labels["endpoint"], firing.Labels["cause"], firing.Labels["severity"]));
        Assert.Matches(
            $@"^appserver on 127\.0\.0\.1 holds \d+ sockets that {chain.LeakingEndpoint.Replace(".", @"\.", StringComparison.Ordinal)} closed; "
            + @"oldest [\dms. ]+, \+\d+ an hour; the program read EOF and never called close\(\)\.$",
            firing.Annotations["description"]);
        Assert.Equal("A program leaks sockets that the other side has closed.", firing.Annotations["summary"]);
        Assert.Equal("https://runbooks.example.com/fd-exporter/FdCloseWaitGrowing.md", firing.Annotations["runbook_url"]);

        await chain.EndLeakAsync();
        Notice resolved = await chain.WaitForNoticeAsync(Growing, AlertChain.Leaking, "resolved");
        Assert.Equal(firing.Labels, resolved.Labels);
        Assert.Equal("ticket", resolved.Receiver);
    }

    [Fact]
    public async Task Silences_OfTheRunbooks_AreUnderstoodAndMeanTheirAlert()
    {
        foreach (Runbook runbook in Runbook.All)
        {
            // They are those of other machines and programs than this one, so they silence nothing here.
            Assert.Equal([runbook.Name], await chain.SilenceAsync(runbook.Silence));
        }
    }

    [Fact]
    public async Task HangingServer_IsPaged_AndItsGrowthIsMuted()
    {
        Notice page = await chain.WaitForNoticeAsync(NotAccepted, AlertChain.Hanging, "firing");
        Assert.Equal("page", page.Receiver);
        Assert.Equal(
            ("inbound", chain.HangingEndpoint, "not_accepted", "critical"),
            (page.Labels["direction"], page.Labels["endpoint"], page.Labels["cause"], page.Labels["severity"]));
        Assert.Matches(
            $@"^hanging on 127\.0\.0\.1 does not accept: \d+ clients of port {chain.HangingEndpoint} have given up waiting in its queue\.",
            page.Annotations["description"]);

        await chain.WaitUntilFiringAsync(Growing, AlertChain.Hanging);
        await chain.WaitUntilInhibitedAsync(Growing, AlertChain.Hanging, by: NotAccepted);

        // Until the other leak is told to be over, Alertmanager has sent a dozen rounds: none had this.
        await chain.WaitForNoticeAsync(Growing, AlertChain.Leaking, "firing");
        await chain.EndLeakAsync();
        await chain.WaitForNoticeAsync(Growing, AlertChain.Leaking, "resolved");
        bool toldOfGrowth = chain.Notices.Any(static notice => notice.Is(Growing, AlertChain.Hanging, "firing"));

        // On a machine that stood still for five seconds, five minutes of the rules, the page pauses, and with it what it mutes.
        Assert.False(toldOfGrowth && await chain.FiresWithoutAPauseAsync(NotAccepted, AlertChain.Hanging), string.Join('\n', chain.Notices));
    }
}
