using System.Text;
using FdExporter.Configuration;
using FdExporter.Linux.Files;
using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using FdExporter.Self;
using FdExporter.Tests.Testing;
using FdExporter.Web.Serving;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Web.Serving;

/// <summary>Sequences of scans and reloads, on the captured host.</summary>
public sealed class RuleReloaderTests : IDisposable
{
    private const string Successful = "fd_exporter_config_last_reload_successful";
    private const string Timestamp = "fd_exporter_config_last_reload_success_timestamp_seconds";

    private readonly FixtureHost _host = new();
    // Later than the start of the captured processes: the facts of a young one are read twice anyway.
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
    private readonly ListLogger<RuleReloader> _log = new();
    private readonly ExporterMetrics _exporter = new();
    private readonly ServiceManager _manager = new(null);
    private FileThread _thread = new(TimeSpan.FromMinutes(1));
    private HostScanner? _scanner;

    private string Rules => _host.PathOf("rules.yml");

    public void Dispose()
    {
        _thread.Dispose();
        _scanner?.Dispose();
        _manager.Dispose();
        _host.Dispose();
    }

    [Fact]
    public async Task Scan_AfterReload_NamesEveryProcessAgain()
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
    public async Task Reload_WithoutAFile_SucceedsAndRenamesNothing()
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
        Assert.Throws<ConfigException>(() => NamingRules.Load(Rules));
    }

    [Fact]
    public async Task Reload_AFloodWhileOneRuns_IsOneMoreReload()
    {
        using HeldLogger log = new();
        RuleReloader reloader = Start("process_names: []", log);
        Write("process_names: [{name: first, comm: [node]}]");
        Task<string?> running = reloader.ReloadAsync();
        log.WaitUntilHeld();
        Task<string?>[] flood = [.. Enumerable.Range(0, 1000).Select(_ => reloader.ReloadAsync())];
        Assert.All(flood, task => Assert.Same(flood[0], task));
        Assert.NotSame(running, flood[0]);
        Assert.Contains("first", Groups());
        Write("process_names: [{name: second, comm: [node]}]");
        log.LetGo();
        Assert.Null(await running);
        Assert.Null(await flood[0]);
        Assert.Equal(2, log.Count);
        Assert.Contains("second", Groups());
    }

    /// <summary>None of them blocks this reload or the next.</summary>
    [Theory]
    [InlineData("FIFO")]
    [InlineData("directory")]
    [InlineData("device")]
    public async Task Reload_NoRegularFile_KeepsTheRules_AndTheNextReloadReadsThem(string kind)
    {
        RuleReloader reloader = Start("process_names: [{name: before, comm: [node]}]");
        File.Delete(Rules);
        switch (kind)
        {
            case "FIFO":
                KernelFifo.Make(Rules);
                break;
            case "directory":
                Directory.CreateDirectory(Rules);
                break;
            default:
                File.CreateSymbolicLink(Rules, "/dev/zero");
                break;
        }

        Assert.Equal($"{Rules}: cannot be read: is a {kind}, not a regular file", await reloader.ReloadAsync());
        Assert.Contains("before", Groups());
        Assert.Equal(0, await ValueOf(Successful));
        if (kind == "directory")
        {
            Directory.Delete(Rules);
        }

        File.Delete(Rules);
        Write("process_names: [{name: after, comm: [node]}]");
        Assert.Null(await reloader.ReloadAsync());
        Assert.Contains("after", Groups());
    }

    [Fact]
    [Needs("root")]
    public async Task Reload_FileOnADeadDisk_KeepsTheRulesUntilItAnswers()
    {
        _thread.Dispose();
        _thread = new FileThread(TimeSpan.FromSeconds(1));
        RuleReloader reloader = Start("process_names: [{name: before, comm: [node]}]");
        string folder = Path.GetDirectoryName(Rules)!;
        using (DeadDisk.Over(folder))
        {
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal($"{Rules}: cannot be read: no answer within 1 s", await reloader.ReloadAsync());
            }

            Assert.Equal(0, await ValueOf(Successful));
        }

        // The read that waits there fails a moment later.
        Assert.True(await UntilAsync(async () => await reloader.ReloadAsync() is null));
        Assert.Equal(1, await ValueOf(Successful));
    }

    private static async Task<bool> UntilAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; i < 1000; i++)
        {
            if (await condition())
            {
                return true;
            }

            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        return false;
    }

    private RuleReloader Start(string? rules, ILogger<RuleReloader>? log = null)
    {
        if (rules is not null)
        {
            Write(rules);
        }

        string? file = rules is null ? null : Rules;
        _scanner = new HostScanner(_host.Root, NamingRules.Load(file).Namer, _time, NullLogger<HostScanner>.Instance);
        return new RuleReloader(file, _thread, _scanner, _exporter, _manager, _time, log ?? _log);
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

    /// <summary>Blocks the first call that logs: the reload that reports that it has read the rules.</summary>
    private sealed class HeldLogger : ILogger<RuleReloader>, IDisposable
    {
        private readonly ManualResetEventSlim _isHeld = new();
        private readonly ManualResetEventSlim _letGo = new();

        internal int Count { get; private set; }

        internal void WaitUntilHeld() => Assert.True(_isHeld.Wait(TimeSpan.FromMinutes(1)));

        internal void LetGo() => _letGo.Set();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Count++;
            _isHeld.Set();
            _letGo.Wait(TimeSpan.FromMinutes(1));
        }

        public void Dispose()
        {
            _isHeld.Dispose();
            _letGo.Dispose();
        }
    }
}
