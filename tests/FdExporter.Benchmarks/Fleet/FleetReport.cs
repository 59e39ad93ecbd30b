using System.Globalization;
using System.Text;
using FdExporter.Benchmarks.SideBySide;

namespace FdExporter.Benchmarks.Fleet;

/// <summary>What was measured, and the Markdown that says it.</summary>
internal sealed class FleetReport(IReadOnlyList<RecordedHost> recorded)
{
    private const string Resident = "process_resident_memory_bytes";
    private const string Cpu = "process_cpu_seconds_total";
    private const string Heap = "go_memstats_heap_inuse_bytes";
    private const string HeadSeries = "prometheus_tsdb_head_series";
    private const string Appended = "prometheus_tsdb_head_samples_appended_total";
    private const string RuleDuration = "prometheus_rule_group_last_duration_seconds";

    /// <summary>Besides what a target says: up, scrape_duration_seconds and three more.</summary>
    private const int SeriesOfATarget = 5;

    private const int EvaluationsASeriesAt = 30;

    /// <summary>The kind of machine that the table of fleets is of.</summary>
    private const string Ordinary = "server";

    /// <summary>By group, each time that somebody looked. Unit: seconds.</summary>
    private readonly Dictionary<string, List<double>> _rules = [];
    private IReadOnlyDictionary<string, double> _start = new Dictionary<string, double>();
    private (IReadOnlyDictionary<string, double> Own, long Wal, (long Scrapes, long Bytes) Served, DateTime At) _begin;
    private (IReadOnlyDictionary<string, double> Own, long Wal, (long Scrapes, long Bytes) Served, DateTime At) _end;
    private double _mostResident;

    internal static IReadOnlyList<int> Intervals { get; } = [15, 30, 60];

    internal IReadOnlyList<RecordedHost> Recorded { get; } = recorded;

    internal Dictionary<(string Kind, int Interval), double> BytesPerSample { get; } = [];

    /// <summary>Series that the rules make, of each machine of a kind.</summary>
    internal Dictionary<string, double> RecordedSeries { get; } = [];

    internal int Targets { get; set; }

    internal int Interval { get; set; }

    internal double Up { get; set; }

    internal double GlobalSeries { get; set; }

    internal void Start(IReadOnlyDictionary<string, double> own) => _start = own;

    internal void Begin(IReadOnlyDictionary<string, double> own, long wal, (long Scrapes, long Bytes) served) => _begin = (own, wal, served, DateTime.UtcNow);

    internal void End(IReadOnlyDictionary<string, double> own, long wal, (long Scrapes, long Bytes) served) => _end = (own, wal, served, DateTime.UtcNow);

    /// <summary>Keeps the most memory that was seen, and how long the rules took.</summary>
    internal void Look(IReadOnlyDictionary<string, double> own)
    {
        _mostResident = Math.Max(_mostResident, own[Resident]);
        foreach ((string series, double seconds) in own.Where(static each => each.Key.StartsWith(RuleDuration, StringComparison.Ordinal)))
        {
            string group = series[(series.LastIndexOf(';') + 1)..series.LastIndexOf('"')];
            if (!_rules.TryGetValue(group, out List<double>? durations))
            {
                _rules[group] = durations = [];
            }

            durations.Add(seconds);
        }
    }

    public override string ToString()
    {
        StringBuilder text = new();
        Kinds(text);
        Flags(text);
        Prometheus(text);
        Fleets(text);
        return text.ToString();
    }

    private void Kinds(StringBuilder text)
    {
        text.Append("| machine | programs | top processes | namespaces | CLOSE_WAIT addresses | listening ports | series | series of the rules | bytes per scrape, gzip | bytes per sample on disk at 15, 30, 60 s |\n");
        text.Append("|---|---:|---:|---:|---:|---:|---:|---:|---:|---|\n");
        foreach (RecordedHost host in Recorded)
        {
            string name = host.Kind.Name;
            Line(text, $"| {name} | {host.Count("fd_group_processes")} | {host.Count("fd_process_info")} | {host.Count("fd_tcp_sockets") / 11} | {host.Count("fd_close_wait_oldest_seconds")} | {host.Count("fd_listener_backlog_connections")} | {host.Series:#,0} | {RecordedSeries[name]:#,0} | {host.Compressed:#,0} | {BytesPerSample[(name, 15)]:0.00}, {BytesPerSample[(name, 30)]:0.00}, {BytesPerSample[(name, 60)]:0.00} |");
        }

        text.Append('\n');
    }

    /// <summary>What fewer collectors and smaller limits make of the ordinary machine, by the formula that a test holds against the exporter.</summary>
    private void Flags(StringBuilder text)
    {
        RecordedHost host = Recorded.Single(static each => each.Kind.Name == Ordinary);
        HostSeries shape = host.Shape;
        if (shape.Total != host.Series)
        {
            throw new InvalidOperationException($"the formula gives {shape.Total} series, the exporter has {host.Series}");
        }

        Line(text, $"| {Ordinary} with | series |\n|---|---:|");
        Line(text, $"| the default flags | {shape.Total:#,0} |");
        Line(text, $"| `--limits.top-processes=5` | {(shape with { Processes = 5, ProcessStates = shape.ProcessStates * 5 / shape.Processes }).Total:#,0} |");
        Line(text, $"| `fd_process_.+` dropped by the scrape | {shape.Families().Where(static each => !each.Key.StartsWith("fd_process_", StringComparison.Ordinal)).Sum(static each => each.Value):#,0} |");
        Line(text, $"| `--no-collector.socket_owner` | {(shape with { Collectors = ["system", "process", "tcp"] }).Total:#,0} |");
        Line(text, $"| `--collector.disable-defaults --collector.system --collector.tcp` | {(shape with { Collectors = ["system", "tcp"] }).Total:#,0} |");
        text.Append('\n');
    }

    private void Prometheus(StringBuilder text)
    {
        double seconds = (_end.At - _begin.At).TotalSeconds;
        double samples = Sum(_end.Own, Appended) - Sum(_begin.Own, Appended);
        double series = _end.Own[HeadSeries];
        (string Group, double Seconds)[] rules = [.. _rules.Select(static each => (each.Key, Statistics.Median(each.Value)))];
        Line(text, $"| one Prometheus, {Targets} machines every {Interval} s, {Up:0} up | |");
        Line(text, $"|---|---:|");
        Line(text, $"| series in the head | {series:#,0} |");
        Line(text, $"| series of programs, for a global Prometheus | {GlobalSeries:#,0} |");
        Line(text, $"| samples appended per second | {samples / seconds:#,0} |");
        Line(text, $"| resident memory: empty, at the end, maximum | {Mega(_start[Resident]):0}, {Mega(_end.Own[Resident]):#,0}, {Mega(_mostResident):#,0} MB |");
        Line(text, $"| heap in use at the end | {Mega(_end.Own[Heap]):#,0} MB |");
        Line(text, $"| maximum resident memory per series | {MemoryOfASeries:#,0} bytes |");
        Line(text, $"| write-ahead log per sample | {(_end.Wal - _begin.Wal) / samples:0.0} bytes |");
        Line(text, $"| network per scrape, gzip | {(double)(_end.Served.Bytes - _begin.Served.Bytes) / (_end.Served.Scrapes - _begin.Served.Scrapes):#,0} bytes |");
        Line(text, $"| one evaluation of all rules, median | {rules.Sum(static each => each.Seconds):0.00} s |");
        foreach ((string group, double duration) in rules.Where(static each => each.Seconds > 0.005))
        {
            Line(text, $"| of which `{group}` | {duration:0.00} s |");
        }

        Line(text, $"| processors used | {(_end.Own[Cpu] - _begin.Own[Cpu]) / seconds:0.00} |");
        text.Append('\n');
    }

    private double MemoryOfASeries => (_mostResident - _start[Resident]) / _end.Own[HeadSeries];

    private void Fleets(StringBuilder text)
    {
        RecordedHost host = Recorded.Single(static each => each.Kind.Name == Ordinary);
        double scraped = host.Series + SeriesOfATarget;
        double recordedSeries = RecordedSeries[Ordinary];
        text.Append("| machines | series | memory | samples per second at 15, 30, 60 s | disk per day at 15, 30, 60 s | network at 15, 30, 60 s |\n|---:|---:|---:|---|---|---|\n");
        foreach (int machines in new[] { 10, 1_000, 100_000 })
        {
            double series = machines * (scraped + recordedSeries);
            string samples = Each(interval => Samples(machines, interval).ToString("#,0", CultureInfo.InvariantCulture));
            string disk = Each(interval => Bytes(Samples(machines, interval) * 86_400 * BytesPerSample[(Ordinary, interval)]));
            string network = Each(interval => Bytes((double)machines * host.Compressed / interval) + "/s");
            Line(text, $"| {machines:#,0} | {series:#,0} | {Bytes(series * MemoryOfASeries)} | {samples} | {disk} | {network} |");
        }

        string Each(Func<int, string> one) => string.Join(", ", Intervals.Select(one));

        // The rules are evaluated every 30 s or, where machines are scraped less often, as often as they.
        double Samples(int machines, int interval)
            => (machines * scraped / interval) + (machines * recordedSeries / Math.Max(EvaluationsASeriesAt, interval));
    }

    private static string Bytes(double bytes) => bytes switch
    {
        >= 1e12 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e12:0.0} TB"),
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
    };

    private static double Mega(double bytes) => bytes / 1e6;

    private static double Sum(IReadOnlyDictionary<string, double> own, string family)
        => own.Where(each => each.Key == family || each.Key.StartsWith(family + "{", StringComparison.Ordinal)).Sum(static each => each.Value);

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
