using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;

namespace FdExporter.Benchmarks.SideBySide;

/// <summary>An exporter that is scraped like Prometheus does: over one connection, compressed.</summary>
internal sealed class ScrapedContender : Contender
{
    private readonly Process _process;
    private readonly Uri _url;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromMinutes(2) };

    internal ScrapedContender(string name, string program, int port, params IEnumerable<string> arguments)
        : base(name)
    {
        _url = new Uri($"http://127.0.0.1:{port}/metrics");
        _client.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        _process = Process.Start(new ProcessStartInfo(program, [.. arguments, $"--web.listen-address=127.0.0.1:{port}"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Time from its start to its first answer. Unit: milliseconds.</summary>
    internal double FirstAnswerMs { get; private set; }

    internal async Task StartedAsync()
    {
        while (!_process.HasExited)
        {
            try
            {
                await ScrapeAsync();
                FirstAnswerMs = (DateTime.Now - _process.StartTime).TotalMilliseconds;
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(1);
            }
        }

        throw new InvalidOperationException($"{Name} did not start");
    }

    internal override async Task<Measure> MeasureAsync(MeasurementPlan plan)
    {
        List<double> walls = [];
        long bytes = 0;
        await plan.RunAsync(0, ScrapeAsync);

        // CPU time between two scrapes counts too.
        double before = CpuMs();
        for (int i = 1; i <= plan.Count; i++)
        {
            await plan.RunAsync(i, async () =>
            {
                long started = Stopwatch.GetTimestamp();
                bytes = await ScrapeAsync();
                walls.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            });
        }

        return new Measure((CpuMs() - before) / plan.Count, Statistics.Median(walls), RssMb(), bytes);
    }

    private async Task<long> ScrapeAsync()
    {
        using HttpResponseMessage response = await _client.GetAsync(_url);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadAsByteArrayAsync()).LongLength;
    }

    // CPU nanoseconds of each thread: the ticks of stat are too coarse for a scrape of a millisecond.
    private double CpuMs() => Directory.GetDirectories($"/proc/{_process.Id}/task")
        .Sum(static task => double.Parse(File.ReadAllText($"{task}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture)) / 1e6;

    private double RssMb() => File.ReadLines($"/proc/{_process.Id}/status")
        .Where(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(static line => double.Parse(line.Split(':')[1].Trim().Split(' ')[0], CultureInfo.InvariantCulture) / 1024)
        .Single();

    public override void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _client.Dispose();
        base.Dispose();
    }
}
