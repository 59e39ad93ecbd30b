using System.Diagnostics;
using System.Globalization;

namespace FdExporter.Benchmarks.Soak;

/// <summary>The command <c>soak</c>: one exporter, thousands of scrapes, a continuously changing load.</summary>
internal sealed class SoakCommand : IDisposable
{
    private const int ChangeEvery = 40;
    private const int PollEvery = 25;
    private const int ReloadEvery = 400;
    private const int SampleEvery = 100;
    private const int MostProblems = 20;

    /// <summary>By this scrape the runtime has opened the last of its files.</summary>
    private const int FirstScrapes = 50;

    private static readonly string[] s_polled =
        ["/", "/?q=app&processes=-fds", "/explain", "/api/v1/host", "/api/v1/processes?sort=close_wait", "/api/v1/close-wait", "/process/{0}", "/api/v1/processes/{0}?limit=100"];

    private static readonly string[] s_rules =
    [
        "process_names:\n- name: '{{.Comm}}'\n  cmdline: ['.+']\n",
        "process_names:\n- name: 'leak-{{.Matches.verb}}'\n  cmdline: ['leaklab.* (?P<verb>close-wait|established)']\n- cmdline: ['.+']\n",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-soak-").FullName;
    private readonly List<string> _problems = [];
    private readonly List<SoakSample> _samples = [];
    private readonly int _total;
    private readonly string _program;
    private readonly string _load;
    private int _scrapes;
    private int _comparisons;

    private SoakCommand(int total, string program, string load)
    {
        _total = total;
        _program = program;
        _load = load;
    }

    private string RuleFile => Path.Combine(_folder, "rules.yml");

    // --scrapes N --exporter FILE --load NAME, checked by the script.
    internal static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not ["--scrapes", var number, "--exporter", var program, "--load", var load] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int total))
        {
            await Console.Error.WriteLineAsync("usage: soak --scrapes N --exporter FILE --load changing|proxy|pods").ConfigureAwait(false);
            return 2;
        }

        using SoakCommand soak = new(total, program.Length > 0 ? program : Repository.Exporter, load);
        SoakResult result = await soak.RunAsync().ConfigureAwait(false);
        Console.Write(result.Table());
        IReadOnlyList<string> wrong = result.Verdict();
        Console.WriteLine(wrong.Count == 0 ? "passed: no errors, no differences, no growth" : $"FAILED\n{string.Join('\n', wrong)}");
        return wrong.Count == 0 ? 0 : 1;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<SoakResult> RunAsync()
    {
        await File.WriteAllTextAsync(RuleFile, s_rules[0]).ConfigureAwait(false);
        using SoakedExporter exporter = await SoakedExporter.StartAsync(
            _program, "--limits.top-processes=10000", "--limits.name-age=0s", $"--config.file={RuleFile}", $"--evidence.directory={Path.Combine(_folder, "evidence")}", "--verdict.close-wait=50").ConfigureAwait(false);
        await using SoakLoad load = _load switch { "proxy" => MovingLoad.Proxy(), "pods" => MovingLoad.Pods(), _ => new ChangingLoad() };
        int fdsBefore = await FdsWithoutLoadAsync(exporter, load).ConfigureAwait(false);
        Stopwatch watch = Stopwatch.StartNew();
        int compareEvery = load.CompareEvery(_total);
        while (_scrapes < _total && _problems.Count < MostProblems)
        {
            if (_scrapes % ChangeEvery == 0)
            {
                load.Change();
            }

            Note((await ScrapeAsync(exporter).ConfigureAwait(false)).Problem());
            _scrapes++;
            if (_scrapes % PollEvery == 0)
            {
                await PollAsync(exporter).ConfigureAwait(false);
            }

            if (_scrapes % ReloadEvery == 0)
            {
                await File.WriteAllTextAsync(RuleFile, s_rules[_scrapes / ReloadEvery % s_rules.Length]).ConfigureAwait(false);
                exporter.Reload();
            }

            if (_scrapes % compareEvery == 0)
            {
                await CompareAsync(exporter, load).ConfigureAwait(false);
            }
            else if (_scrapes % SampleEvery == 0)
            {
                await load.StandStillAsync().ConfigureAwait(false);
                await ScrapeAsync(exporter).ConfigureAwait(false);
                _samples.Add(exporter.Sample(_scrapes, load.Namespaces));
                load.GoOn();
            }
        }

        watch.Stop();
        int fdsAfter = await FdsWithoutLoadAsync(exporter, load).ConfigureAwait(false);
        _problems.AddRange(exporter.Complaints.Take(MostProblems));

        // From the first foreign namespace on, the thread that enters them keeps its own open; the pods are the first.
        fdsBefore += _load == "pods" ? 1 : 0;
        return new SoakResult(_scrapes, watch.Elapsed, _samples, fdsBefore, fdsAfter, load.Changes, _comparisons, _problems);
    }

    private async Task CompareAsync(SoakedExporter exporter, SoakLoad load)
    {
        await load.StandStillAsync().ConfigureAwait(false);
        Note(await Comparison.DifferenceAsync(() => ScrapeAsync(exporter), load).ConfigureAwait(false));
        _comparisons++;
        _samples.Add(exporter.Sample(_scrapes, load.Namespaces));
        load.GoOn();
    }

    private async Task<int> FdsWithoutLoadAsync(SoakedExporter exporter, SoakLoad load)
    {
        await load.ClearAsync().ConfigureAwait(false);
        for (int i = 0; i < FirstScrapes; i++)
        {
            await ScrapeAsync(exporter).ConfigureAwait(false);
        }

        foreach (string _ in s_polled)
        {
            await PollAsync(exporter).ConfigureAwait(false);
        }

        return exporter.Sample(_scrapes, 0).Fds;
    }

    private async Task<Exposed> ScrapeAsync(SoakedExporter exporter)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/metrics");
        request.Headers.Add("Accept", "text/plain;version=0.0.4");
        request.Headers.Add("X-Prometheus-Scrape-Timeout-Seconds", "10");
        using HttpResponseMessage response = await exporter.Prometheus.SendAsync(request).ConfigureAwait(false);
        string body = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            Note($"/metrics: {(int)response.StatusCode} {body}");
        }

        return new Exposed(body);
    }

    private int _poll;

    private async Task PollAsync(SoakedExporter exporter)
    {
        string path = string.Format(CultureInfo.InvariantCulture, s_polled[_poll++ % s_polled.Length], Environment.ProcessId);
        using HttpResponseMessage response = await exporter.Browser.GetAsync(path).ConfigureAwait(false);
        _ = await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            Note($"{path}: {(int)response.StatusCode}");
        }
    }

    private void Note(string? problem)
    {
        if (problem is not null)
        {
            _problems.Add($"scrape {_scrapes}: {problem}");
        }
    }
}
