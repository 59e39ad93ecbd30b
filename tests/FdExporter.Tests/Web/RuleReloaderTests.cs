using System.Diagnostics;
using System.Text;
using FdExporter.Configuration;
using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Systemd;
using FdExporter.Tests.Testing;
using FdExporter.Web;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Web;

/// <summary>Sequences of scans and reloads, on the captured host.</summary>
public sealed class RuleReloaderTests : IDisposable
{
    private const string Successful = "fd_exporter_config_last_reload_successful";
    private const string Timestamp = "fd_exporter_config_last_reload_success_timestamp_seconds";

    private readonly FixtureHost _host = new();
    // Later than the captured processes started: the facts of a young one are read twice anyway.
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
    private readonly ListLogger<RuleReloader> _log = new();
    private readonly ExporterMetrics _exporter = new();
    private readonly ServiceManager _manager = new(null);
    private HostScanner? _scanner;

    private string Rules => _host.PathOf("rules.yml");

    public void Dispose()
    {
        _scanner?.Dispose();
        _manager.Dispose();
        _host.Dispose();
    }

    [Fact]
    public async Task Scan_AfterReload_NamesEveryProcessAnew()
    {
        RuleReloader reloader = Start("process_names: [{name: before, comm: [node]}]");
        Assert.Equal(["[kernel]", "before", "other"], Groups());
        Write("process_names: [{name: 'after {{.Unit}}', comm: [node]}, {name: rest, cmdline: ['']}]");
        Assert.Equal(["[kernel]", "before", "other"], Groups());
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Null(await reloader.ReloadAsync());
        Assert.Equal(["[kernel]", "after payment.service", "rest"], Groups());
        Assert.Equal((1, 1_800_000_060), (await ValueOf(Successful), await ValueOf(Timestamp)));
        Assert.StartsWith("Information Rules reloaded", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_BadFile_KeepsTheRulesUntilTheFileIsGoodAgain()
    {
        RuleReloader reloader = Start("process_names: [{name: before, comm: [node]}]");
        IReadOnlyList<ProcessFacts> first = Facts();
        Write("process_names:\n  - nme: after\n");
        _time.Advance(TimeSpan.FromSeconds(60));
        string? problem = await reloader.ReloadAsync();
        Assert.Equal($"{Rules}:2: process_names[0].nme: unknown key; known are name, comm, exe, cmdline", problem);
        Assert.Equal((0, 1_800_000_000), (await ValueOf(Successful), await ValueOf(Timestamp)));
        string line = Assert.Single(_log.Lines);
        Assert.StartsWith("Error Rules not reloaded, the old ones stay", line, StringComparison.Ordinal);
        Assert.Contains(problem!, line, StringComparison.Ordinal);
        Assert.All(first.Zip(Facts()), static pair => Assert.Same(pair.First, pair.Second));

        Write("process_names: [{name: after, comm: [node]}]");
        Assert.Null(await reloader.ReloadAsync());
        Assert.Equal((1, 1_800_000_060), (await ValueOf(Successful), await ValueOf(Timestamp)));
        Assert.Contains("after", Groups());
    }

    [Fact]
    public async Task Reload_EmptyFile_KeepsTheRules()
    {
        RuleReloader reloader = Start("process_names: [{name: before, comm: [node]}]");
        Write("");
        Assert.Contains("no rules", await reloader.ReloadAsync(), StringComparison.Ordinal);
        Assert.Contains("before", Groups());
        Assert.Equal(0, await ValueOf(Successful));
    }

    [Fact]
    public async Task Reload_NoRulesOnPurpose_PutsEveryProgramIntoOther_AndWarns()
    {
        RuleReloader reloader = Start("process_names: [{name: before, comm: [node]}]");
        Write("process_names: []");
        Assert.Null(await reloader.ReloadAsync());
        Assert.Equal(["[kernel]", "other"], Groups());
        Assert.Contains($"{Rules} has no rules: every program is in the group other", Assert.Single(_log.Lines, static line => line.StartsWith("Warning ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_FileThatIsGone_KeepsTheRules()
    {
        RuleReloader reloader = Start("process_names: [{name: before, comm: [node]}]");
        File.Delete(Rules);
        Assert.Contains("cannot be read", await reloader.ReloadAsync(), StringComparison.Ordinal);
        Assert.Contains("before", Groups());
    }

    [Fact]
    public async Task Reload_WithoutAFile_SucceedsAndNamesNothingAnew()
    {
        RuleReloader reloader = Start(null);
        IReadOnlyList<ProcessFacts> first = Facts();
        Assert.Equal(1, await ValueOf(Successful));
        Assert.Null(await reloader.ReloadAsync());
        Assert.All(first.Zip(Facts()), static pair => Assert.Same(pair.First, pair.Second));
        Assert.Equal(1, await ValueOf(Successful));
    }

    [Fact]
    public void Load_BadFile_IsAConfigException()
    {
        Write("process_names: [{}]");
        Assert.Throws<ConfigException>(() => RuleReloader.Load(Rules, out _));
    }

    [Fact]
    public async Task Reload_AFloodWhileOneRuns_IsOneMoreReload()
    {
        RuleReloader reloader = Start("process_names: []");

        // The reader of a FIFO waits until somebody writes: so a reload runs for as long as the test wants.
        File.Delete(Rules);
        using (Process mkfifo = Process.Start("mkfifo", [Rules]))
        {
            await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Task<string?> running = reloader.ReloadAsync();
        Task<string?>[] flood;
        using (FileStream writer = await OpenWhenReadAsync())
        {
            flood = [.. Enumerable.Range(0, 1000).Select(_ => reloader.ReloadAsync())];
            Assert.All(flood, task => Assert.Same(flood[0], task));
            Assert.NotSame(running, flood[0]);
            writer.Write("process_names: [{name: first, comm: [node]}]"u8);
        }

        Assert.Null(await running);
        using (FileStream writer = await OpenWhenReadAsync())
        {
            writer.Write("process_names: [{name: second, comm: [node]}]"u8);
        }

        Assert.Null(await flood[0]);
        Assert.Equal(2, _log.Lines.Count);
        Assert.Contains("second", Groups());
    }

    // Opening waits for the other side, and so ends exactly when the reload has come to reading.
    private Task<FileStream> OpenWhenReadAsync()
        => Task.Run(() => new FileStream(Rules, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)).WaitAsync(TimeSpan.FromMinutes(1));

    private RuleReloader Start(string? rules)
    {
        if (rules is not null)
        {
            Write(rules);
        }

        string? file = rules is null ? null : Rules;
        _scanner = new HostScanner(_host.Root, RuleReloader.Load(file, out _), _time, NullLogger<HostScanner>.Instance);
        return new RuleReloader(file, _scanner, _exporter, _manager, _time, _log);
    }

    private void Write(string rules) => File.WriteAllText(Rules, rules);

    private IReadOnlyList<ProcessFacts> Facts()
        => [.. _scanner!.Scan(Collectors.Process, new Deadline(_time, TimeSpan.FromSeconds(10))).Processes!.Processes.Select(static each => each.Facts)];

    private IEnumerable<string> Groups() => Facts().Select(static facts => facts.Group).Distinct().Order(StringComparer.Ordinal);

    private async Task<double> ValueOf(string gauge)
    {
        string text = Encoding.UTF8.GetString(await Exposition.WriteAsync(Prometheus.ExpositionFormat.PrometheusText, _exporter.Registry));
        string line = text.Split('\n').Single(line => line.StartsWith(gauge + " ", StringComparison.Ordinal));
        return double.Parse(line[gauge.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
