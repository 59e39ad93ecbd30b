using System.Net;
using System.Net.Sockets;
using System.Text;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Clients that are many, slow, silent or malicious.</summary>
public sealed class ClientFaultTests : IDisposable
{
    private const long MostGrowthKib = 64 * 1024;

    private readonly List<TcpClient> _clients = [];

    public void Dispose() => _clients.ForEach(static client => client.Dispose());

    [Fact]
    public async Task ThousandConnections_SilentOrIncomplete_AreBoundedAndClosed()
    {
        await using Exporter exporter = await StartWarmAsync();
        long before = exporter.ResidentKib;
        int fds = exporter.Fds.Length;
        for (int i = 0; i < 1000; i++)
        {
            NetworkStream stream = await ConnectAsync(exporter);
            if (i % 2 == 0)
            {
                await TryWriteAsync(stream, "GET /metrics HTTP/1.1\r\nHost: exporter\r\nX-Half");
            }
        }

        // The earlier connection still works; the new ones beyond the limit have been closed.
        CheckWhole(await exporter.ScrapeAsync());
        await Eventually.TrueAsync(() => exporter.Fds.Length <= fds + 520, () => $"{exporter.Fds.Length} descriptors");

        // A new client is accepted as soon as the silent ones are disconnected.
        await Eventually.TrueAsync(() => ScrapeByNewConnectionAsync(exporter), () => "no new client is accepted");
        await Eventually.TrueAsync(() => exporter.Fds.Length <= fds + 8, () => $"{exporter.Fds.Length} descriptors, {fds} before");
        Assert.InRange(exporter.ResidentKib, 0, before + MostGrowthKib);
        foreach (TcpClient client in _clients)
        {
            Assert.True(await IsOverAsync(client.GetStream()));
        }
    }

    [Fact]
    public async Task ScrapeStorm_IsAnsweredByFewScans_AndLeavesNothingBehind()
    {
        await using Exporter exporter = await StartWarmAsync();
        long before = exporter.ResidentKib;
        int fds = exporter.Fds.Length;
        double scans = (await exporter.ScrapeAsync())["fd_exporter_scans_total"];
        const int scrapes = 1000;
        const int atOnce = 50;
        int refused = 0;
        await Parallel.ForAsync(0, scrapes, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (_, cancellation) =>
        {
            using HttpClient client = new() { BaseAddress = exporter.Address, Timeout = TimeSpan.FromMinutes(1) };
            using HttpResponseMessage response = await client.GetAsync("/metrics", cancellation);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                Interlocked.Increment(ref refused);
                return;
            }

            CheckWhole(Metrics.Parse(await response.Content.ReadAsStringAsync(cancellation)));
        });
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(refused, metrics["fd_exporter_scrapes_refused_total{reason=\"busy\"}"]);
        Assert.InRange(metrics["fd_exporter_scans_total"] - scans, 1, scrapes - refused);
        await Eventually.TrueAsync(() => exporter.Fds.Length <= fds + 8, () => $"{exporter.Fds.Length} descriptors, {fds} before");
        Assert.InRange(exporter.ResidentKib, 0, before + MostGrowthKib);
        Assert.DoesNotContain("level=ERROR", exporter.Child.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReaderThatNeverReads_IsDisconnected_WhenTheKernelsBuffersAreFull()
    {
        await using Exporter exporter = await StartWarmAsync();
        long before = exporter.ResidentKib;
        int fds = exporter.Fds.Length;
        for (int i = 0; i < 5; i++)
        {
            // More answers than the buffers of both sides hold.
            TcpClient client = new() { ReceiveBufferSize = 4096 };
            _clients.Add(client);
            await client.ConnectAsync(exporter.Address.Host, exporter.Address.Port);
            await TryWriteAsync(client.GetStream(), Many(1000, static _ => "GET /metrics?collect[]=system HTTP/1.1\r\nHost: x\r\n\r\n"));
        }

        await Eventually.TrueAsync(() => exporter.Fds.Length >= fds + 5, () => "they are not connected");
        CheckWhole(await exporter.ScrapeAsync());
        await Eventually.TrueAsync(() => exporter.Fds.Length <= fds, () => $"{exporter.Fds.Length} descriptors, {fds} before");
        Assert.InRange(exporter.ResidentKib, 0, before + MostGrowthKib);
    }

    public static TheoryData<string, string, string> Requests => new()
    {
        { "many headers", "GET /metrics HTTP/1.1\r\nHost: x\r\n" + Many(1000, static i => $"X-{i}: y\r\n") + "\r\n", "431" },
        { "a long header", "GET /metrics HTTP/1.1\r\nHost: x\r\nX: " + new string('y', 100_000) + "\r\n\r\n", "431" },
        { "a header without end", "GET /metrics HTTP/1.1\r\nHost: x\r\nX: " + new string('y', 3_000_000), "431" },
        { "a long path", "GET /" + new string('y', 100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", "414" },
        { "many unknown collectors", "GET /metrics?" + Many(250, static i => $"collect[]=c{i}&") + " HTTP/1.1\r\nHost: x\r\n\r\n", "400" },
        { "one collector often", "GET /metrics?" + Many(200, static _ => "collect[]=system&") + " HTTP/1.1\r\nHost: x\r\n\r\n", "200" },
        { "a body", "POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n" + new string('y', 3_000_000), "403" },
        { "no HTTP", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n", "400" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Flood_IsRefusedWithAStatus_AndHarmsNoOtherClient(string what, string request, string status)
    {
        await using Exporter exporter = await StartWarmAsync();
        long before = exporter.ResidentKib;
        for (int i = 0; i < 20; i++)
        {
            NetworkStream stream = await ConnectAsync(exporter);
            await TryWriteAsync(stream, request);
            string answer = await AnswerAsync(stream);

            // If more data is in flight than the server reads, the end of the connection may overtake the answer.
            Assert.True(
                answer.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal) || (answer.Length == 0 && request.Length > 1_000_000),
                $"{what}: '{answer}'");
        }

        CheckWhole(await exporter.ScrapeAsync());
        Assert.InRange(exporter.ResidentKib, 0, before + MostGrowthKib);
        Assert.DoesNotContain("level=ERROR", exporter.Child.Output, StringComparison.Ordinal);
    }

    private static string Many(int count, Func<int, string> each) => string.Concat(Enumerable.Range(0, count).Select(each));

    private static async Task<Exporter> StartWarmAsync()
    {
        Exporter exporter = await Exporter.StartAsync();
        for (int i = 0; i < 20; i++)
        {
            await exporter.ScrapeAsync();
        }

        return exporter;
    }

    private static void CheckWhole(Metrics metrics)
        => Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));

    private async Task<NetworkStream> ConnectAsync(Exporter exporter)
    {
        TcpClient client = new();
        _clients.Add(client);
        await client.ConnectAsync(exporter.Address.Host, exporter.Address.Port);
        return client.GetStream();
    }

    /// <summary>The server may close the connection before everything is sent.</summary>
    private static async Task TryWriteAsync(NetworkStream stream, string text)
    {
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        }
        catch (IOException)
        {
            // The answer, if any, is read next.
        }
    }

    private static async Task<string> AnswerAsync(NetworkStream stream)
    {
        byte[] buffer = new byte[4096];
        try
        {
            return Encoding.Latin1.GetString(buffer, 0, await stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromMinutes(1)));
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Whether the other side has closed, after any answer.</summary>
    private static async Task<bool> IsOverAsync(NetworkStream stream)
    {
        while ((await AnswerAsync(stream)).Length > 0)
        {
        }

        return true;
    }

    private static async Task<bool> ScrapeByNewConnectionAsync(Exporter exporter)
    {
        try
        {
            using HttpClient client = new() { BaseAddress = exporter.Address, Timeout = TimeSpan.FromMinutes(1) };
            CheckWhole(Metrics.Parse(await client.GetStringAsync("/metrics")));
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
