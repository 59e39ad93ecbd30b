using System.Globalization;

namespace FdExporter.Benchmarks.SideBySide;

/// <summary>The measurements of the contenders, round by round, as Markdown.</summary>
internal sealed class Table(Situation situation, TimeSpan interval, double firstAnswerMs)
{
    internal const string Ours = "fd-exporter";
    internal const string NodeExporter = "node_exporter";
    internal const string ProcessExporter = "process-exporter";
    private const string Both = "node_exporter and process-exporter";
    private const double SlowMs = 20_000;

    private readonly Dictionary<string, List<Measure>> _measures = [];

    internal void Add(string contender, Measure measure)
    {
        if (!_measures.TryGetValue(contender, out List<Measure>? measures))
        {
            _measures.Add(contender, measures = []);
        }

        measures.Add(measure);
    }

    internal bool IsSlow(string contender) => _measures.TryGetValue(contender, out List<Measure>? measures) && measures[0].WallMs > SlowMs;

    internal void Print()
    {
        _measures[Both] = [.. _measures[NodeExporter].Zip(_measures[ProcessExporter], Measure.Sum)];
        string when = interval > TimeSpan.Zero ? Text($"; one scrape every {interval.TotalSeconds:0.#} s") : "";
        Console.WriteLine(Text($"**{situation.Name}**{when}; time from start to first metrics: {firstAnswerMs:0} ms\n"));
        Console.WriteLine("| | CPU ms | share of one core | CPU, relative to fd-exporter | CPU, relative to the lower bound | wall ms | memory MB | bytes |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        foreach ((string name, List<Measure> each) in _measures)
        {
            Console.WriteLine(Text($"| {name} | {Median(each, static m => m.CpuMs):0.0} | {Share(each)} | {Ratio(each, Ours)} | {Ratio(each, LowerBound.Title)} | {Median(each, static m => m.WallMs):0.0} | {each[^1].RssMb:0} | {each[^1].Bytes:#,0} |"));
        }

        Console.WriteLine();
    }

    private string Share(List<Measure> each)
        => interval > TimeSpan.Zero ? Text($"{Median(each, static m => m.CpuMs) / interval.TotalMilliseconds:0.00%}") : "";

    /// <summary>Median of the rounds, with minimum and maximum.</summary>
    private string Ratio(List<Measure> theirs, string other)
    {
        double[] ratios = [.. theirs.Zip(_measures[other], static (a, b) => a.CpuMs / b.CpuMs)];
        return Text($"**{Statistics.Median(ratios):0.##}** ({ratios.Min():0.##} to {ratios.Max():0.##})");
    }

    private static double Median(List<Measure> measures, Func<Measure, double> value) => Statistics.Median(measures.Select(value));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
