using System.Text.Json;

namespace FdExporter.EndToEnd.Testing;

/// <summary>A real Prometheus on a free port of 127.0.0.1, or one in agent mode.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly Child _child;
    private readonly HttpClient _client;

    private PrometheusServer(Child child, Uri address)
    {
        _child = child;
        _client = new HttpClient { BaseAddress = address };
        Address = address;
    }

    internal Uri Address { get; }

    internal string Output => _child.Output;

    /// <param name="data">A folder that it creates.</param>
    internal static PrometheusServer Start(string configFile, string data, params IEnumerable<string> arguments)
        => Start(configFile, [$"--storage.tsdb.path={data}", .. arguments]);

    /// <inheritdoc cref="Start(string, string, IEnumerable{string})"/>
    internal static PrometheusServer StartAgent(string configFile, string data)
        => Start(configFile, ["--enable-feature=agent", $"--storage.agent.path={data}"]);

    /// <summary>The result of an instant query, each as its labels and its value; empty while it is still starting.</summary>
    internal async Task<IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, string Value)>> QueryAsync(string query)
    {
        try
        {
            using JsonDocument answer = JsonDocument.Parse(await _client.GetStringAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}"));
            return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(static each => (
                (IReadOnlyDictionary<string, string>)each.GetProperty("metric").EnumerateObject().ToDictionary(static label => label.Name, static label => label.Value.GetString()!),
                each.GetProperty("value")[1].GetString()!))];
        }
        catch (HttpRequestException)
        {
            return [];
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _child.DisposeAsync();
    }

    private static PrometheusServer Start(string configFile, IEnumerable<string> arguments)
    {
        int port = FreePort.Find();
        return new PrometheusServer(
            Child.Start("prometheus", [$"--config.file={configFile}", $"--web.listen-address=127.0.0.1:{port}", .. arguments]),
            new Uri($"http://127.0.0.1:{port}"));
    }
}
