using System.Net.Http.Headers;
using FdExporter.Benchmarks.Soak;

namespace FdExporter.Benchmarks.Fleet;

/// <summary>A kind of machine: the programs that really run on it, and the answer of the real exporter.</summary>
/// <param name="Share">Share of the fleet, in percent.</param>
/// <param name="Programs">Names of programs; every third has three processes, every second a TCP connection.</param>
/// <param name="Leaks">Programs that hold connections closed by their peers; one endpoint each.</param>
/// <param name="Ports">Listening ports, one program's.</param>
/// <param name="Namespaces">Network namespaces besides the host's.</param>
internal sealed record HostKind(string Name, int Share, int Programs, int Leaks, int Ports, int Namespaces)
{
    private const int BusyNamespaces = 5;

    internal static IReadOnlyList<HostKind> All { get; } =
    [
        new("small", 50, Programs: 20, Leaks: 0, Ports: 5, Namespaces: 0),
        new("server", 40, Programs: 55, Leaks: 3, Ports: 20, Namespaces: 0),
        new("containers", 10, Programs: 140, Leaks: 10, Ports: 50, Namespaces: 40),
    ];

    /// <summary>The answer of the real exporter while all of these run, as Prometheus gets it.</summary>
    internal async Task<RecordedHost> RecordAsync(string exporter)
    {
        using Programs programs = new(Ports);
        for (int i = 0; i < Programs; i++)
        {
            for (int process = 0; process < (i % 3 == 0 ? 3 : 1); process++)
            {
                programs.Start(FormattableString.Invariant($"service-{i:000}"), connects: i % 2 == 0, leaks: i < Leaks);
            }
        }

        List<Lab> labs = [];
        try
        {
            for (int i = 0; i < Namespaces; i++)
            {
                if (i < BusyNamespaces)
                {
                    labs.Add(Lab.StartInNamespace("established", "--count", "20", "--name", FormattableString.Invariant($"pod-{i:000}")));
                }
                else
                {
                    programs.StartInNamespace(FormattableString.Invariant($"pod-{i:000}"));
                }
            }

            using SoakedExporter running = await SoakedExporter.StartAsync(exporter);
            (string text, _) = await ScrapeAsync(running.Prometheus.BaseAddress!);
            (text, long compressed) = await ScrapeAsync(running.Prometheus.BaseAddress!);
            return new RecordedHost(this, text, compressed);
        }
        finally
        {
            labs.ForEach(static lab => lab.Dispose());
        }
    }

    private static async Task<(string Text, long Compressed)> ScrapeAsync(Uri address)
    {
        using HttpClient client = new();
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(address, "/metrics"));
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text"));
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using HttpResponseMessage response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        using MemoryStream compressed = new(await response.Content.ReadAsByteArrayAsync());
        using StreamReader reader = new(new System.IO.Compression.GZipStream(compressed, System.IO.Compression.CompressionMode.Decompress));
        return (await reader.ReadToEndAsync(), compressed.Length);
    }
}
