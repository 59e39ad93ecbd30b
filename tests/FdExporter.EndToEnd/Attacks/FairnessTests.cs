using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd.Attacks;

/// <summary>One client takes as much as it can, from its own address. Another one continues as usual.</summary>
public sealed class FairnessTests : IAsyncLifetime
{
    /// <summary>From the range for documentation (RFC 5737), added to the loopback interface of the tests' own network namespace.</summary>
    private const string Here = "192.0.2.10";
    private const string Honest = "192.0.2.1";
    private const string Attacker = "192.0.2.66";

    /// <summary>Hash of "secret", at a usual cost: a tenth of a second.</summary>
    private const string Config = "basic_auth_users: {prometheus: $2b$10$soK6dzFPIPhSu8aZGCCdj.0AsRbsXb49XrAv5NxcylOnVZaAeNDam}\n";

    private readonly int _port = FreePort.Find();
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _loops = [];
    private readonly CancellationTokenSource _over = new();

    public async ValueTask InitializeAsync()
    {
        foreach (string address in (string[])[Here, Honest, Attacker])
        {
            (int exitCode, _, string error) = await Child.RunAsync("ip", null, "address", "replace", $"{address}/32", "dev", "lo");
            Assert.True(exitCode == 0, error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_loops);

        // The client may still be connecting for a request that has ended.
        Socket[] sockets;
        lock (_sockets)
        {
            sockets = [.. _sockets];
        }

        Array.ForEach(sockets, static socket => socket.Dispose());
        foreach (string address in (string[])[Here, Honest, Attacker])
        {
            await Child.RunAsync("ip", null, "address", "delete", $"{address}/32", "dev", "lo");
        }
    }

    [Fact]
    public async Task IdleConnections_MakeRoomForOthers_AndForTheProbeOfHealth()
    {
        await using Exporter exporter = await StartAsync();
        using HttpClient keptAlive = ClientFrom(Honest);
        Metrics before = await ScrapeAsync(keptAlive);
        for (int i = 0; i < 600; i++)
        {
            await ConnectAsync(Attacker);
        }

        for (int i = 0; i < 5; i++)
        {
            using HttpClient client = ClientFrom(Honest);
            Metrics metrics = await ScrapeAsync(client);
            Assert.True(metrics["fd_exporter_connections_closed_total{reason=\"idle\"}"] > before["fd_exporter_connections_closed_total{reason=\"idle\"}"]);
            Assert.Equal(0, metrics["fd_exporter_connections_closed_total{reason=\"refused\"}"]);
        }

        Assert.Equal(0, (await Child.RunAsync(Exporter.Binary, null, "healthcheck", Address)).ExitCode);

        // The earlier connection is still open.
        Assert.NotEmpty((await ScrapeAsync(keptAlive)).Family("fd_group_processes"));
    }

    [Fact]
    public async Task ScrapesWithoutAPause_LeaveOthersTheirs()
    {
        await using Exporter exporter = await StartAsync();
        _loops.AddRange(Enumerable.Range(0, 60).Select(_ => LoopAsync(Attacker, "/metrics", null)));
        using HttpClient client = ClientFrom(Honest);
        for (int i = 0; i < 20; i++)
        {
            await ScrapeAsync(client);
        }
    }

    [Fact]
    public async Task Guesses_LeaveTheRightPasswordItsTurn()
    {
        string folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        try
        {
            string config = Path.Combine(folder, "web.yml");
            await File.WriteAllTextAsync(config, Config);
            await using Exporter exporter = await StartAsync($"--web.config.file={config}");
            _loops.AddRange(Enumerable.Range(0, 60).Select(i => LoopAsync(Attacker, "/-/ready", string.Create(CultureInfo.InvariantCulture, $"{i}-"))));
            await Task.Delay(TimeSpan.FromSeconds(1));
            using HttpClient client = ClientFrom(Honest);
            client.DefaultRequestHeaders.Authorization = Basic("secret");
            Metrics metrics = await ScrapeAsync(client);
            Assert.True(metrics["fd_exporter_web_requests_denied_total{reason=\"passwords_busy\"}"] > 0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string Address => string.Create(CultureInfo.InvariantCulture, $"--web.listen-address={Here}:{_port}");

    private Task<Exporter> StartAsync(params IEnumerable<string> flags) => Exporter.StartAsync([.. flags, Address]);

    private HttpClient ClientFrom(string address) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, _) => new NetworkStream(await ConnectAsync(address), ownsSocket: true),
    })
    {
        BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{Here}:{_port}")),
        Timeout = TimeSpan.FromSeconds(10),
    };

    private async Task<Socket> ConnectAsync(string from)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        lock (_sockets)
        {
            _sockets.Add(socket);
        }

        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(Here), _port));
        return socket;
    }

    private static async Task<Metrics> ScrapeAsync(HttpClient client)
    {
        Metrics metrics = Metrics.Parse(await client.GetStringAsync("/metrics"));
        Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
        return metrics;
    }

    /// <summary>Sends requests continuously, whatever the answers.</summary>
    /// <param name="guess">Part of passwords; null for none.</param>
    private async Task LoopAsync(string from, string path, string? guess)
    {
        using HttpClient client = ClientFrom(from);
        for (int i = 0; !_over.IsCancellationRequested; i++)
        {
            try
            {
                using HttpRequestMessage request = new(HttpMethod.Get, path);
                request.Headers.Authorization = guess is null ? null : Basic(string.Create(CultureInfo.InvariantCulture, $"{guess}{i}"));
                using HttpResponseMessage response = await client.SendAsync(request, _over.Token);
                await response.Content.ReadAsByteArrayAsync(_over.Token);
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
            {
                // The server may close the connection.
            }
        }
    }

    private static AuthenticationHeaderValue Basic(string password) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"prometheus:{password}")));
}
