using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace FdExporter.Benchmarks.Fleet;

/// <summary>A real Prometheus that scrapes the fleet with our rules, and its own metrics.</summary>
internal sealed class MeasuredPrometheus : IDisposable
{
    private readonly Process _process;
    private readonly string _data;
    private readonly HttpClient _client;

    private MeasuredPrometheus(Process process, string data, int port)
    {
        _process = process;
        _data = data;
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(2) };
    }

    /// <summary>Unit: bytes.</summary>
    internal long WalSize => new DirectoryInfo(Path.Combine(_data, "wal")).EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length);

    internal static async Task<MeasuredPrometheus> StartAsync(string folder, int port)
    {
        string data = Path.Combine(folder, "data");
        Process process = Process.Start(new ProcessStartInfo(
            "prometheus",
            [
                $"--config.file={Path.Combine(folder, "prometheus.yml")}",
                $"--storage.tsdb.path={data}",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
                "--log.level=warn",
            ]))!;
        MeasuredPrometheus prometheus = new(process, data, port);
        while (!process.HasExited)
        {
            try
            {
                await prometheus._client.GetStringAsync("/-/ready");
                return prometheus;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }

        prometheus.Dispose();
        throw new InvalidOperationException("prometheus did not start");
    }

    /// <summary>Its own metrics, by series text.</summary>
    internal async Task<IReadOnlyDictionary<string, double>> OwnAsync()
        => (await _client.GetStringAsync("/metrics")).Split('\n')
            .Where(static line => line.Length > 0 && line[0] != '#')
            .ToDictionary(static line => line[..line.LastIndexOf(' ')], static line => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));

    /// <summary>0 if there is no result.</summary>
    internal async Task<double> QueryAsync(string query)
    {
        using JsonDocument answer = JsonDocument.Parse(await _client.GetStringAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}"));
        JsonElement result = answer.RootElement.GetProperty("data").GetProperty("result");
        return result.GetArrayLength() == 0 ? 0 : double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
    }

    /// <summary>The labels of each series of the answer.</summary>
    internal async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> SeriesAsync(string query)
    {
        using JsonDocument answer = JsonDocument.Parse(await _client.GetStringAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}"));
        return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
            .Select(static each => each.GetProperty("metric").EnumerateObject().ToDictionary(static label => label.Name, static label => label.Value.GetString()!))];
    }

    public void Dispose()
    {
        _client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
