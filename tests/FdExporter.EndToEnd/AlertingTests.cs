using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Deploy;

namespace FdExporter.EndToEnd;

/// <summary>A leak, and who hears of it in which words: the real chain from the kernel to the receiver's webhook.</summary>
public class AlertingTests(AlertChain chain) : IClassFixture<AlertChain>
{
    private const string Growing = "FdMayLeak";
    private const string NotAccepted = "FdNotAccepted";

    [Fact]
    public async Task Leak_ArrivesAsANoteThatNamesIt_AndIsResolvedWhenItEnds()
    {
        Notice firing = await chain.WaitForNoticeAsync(Growing, AlertChain.Leaking, "firing");
        Assert.Equal("note", firing.Receiver);
        Assert.Equal(
            ("fd-exporter", "info"),
            (firing.Labels["job"], firing.Labels["severity"]));
        Assert.Matches(
            @"^shop on 127\.0\.0\.1: its sockets in CLOSE_WAIT, or reset since, climb by \d+ an hour, for \d+m at the least\. Whether they fall again cannot be told yet\.$",
            firing.Annotations["description"]);
        Assert.Equal("Descriptors of a program climb steadily.", firing.Annotations["summary"]);
        using HttpClient browser = new();
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
            // They are those of other machines and programs than this one, so they silence nothing that another test waits for.
            Assert.DoesNotContain(AlertChain.Leaking, runbook.Silence, StringComparison.Ordinal);
            Assert.DoesNotContain(AlertChain.Hanging, runbook.Silence, StringComparison.Ordinal);
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
