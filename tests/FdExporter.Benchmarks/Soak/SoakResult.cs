using System.Globalization;
using System.Text;

namespace FdExporter.Benchmarks.Soak;

/// <summary>What a soak has seen, and whether that is how an exporter should be.</summary>
/// <param name="FdsBefore">Descriptors of the exporter without any load, before.</param>
/// <param name="FdsAfter">And again after all of it.</param>
/// <param name="Changes">Of the load.</param>
/// <param name="Comparisons">How often <c>ss</c> and <c>ls</c> were asked.</param>
/// <param name="Problems">Errors and drift, one line each.</param>
internal sealed record SoakResult(
    int Scrapes, TimeSpan Elapsed, IReadOnlyList<SoakSample> Samples, int FdsBefore, int FdsAfter, int Changes, int Comparisons, IReadOnlyList<string> Problems)
{
    /// <summary>The first scrapes compile code, fill caches and find the size of the heap.</summary>
    private const double WarmUp = 0.25;

    /// <summary>Fewer samples have no slope worth the name.</summary>
    private const int LeastSamples = 20;

    /// <summary>A twentieth more from the end of the warm-up to the last scrape, or a MiB, is no growth.</summary>
    private const double Flat = 0.05;
    private const double FlatKib = 1024;

    private IReadOnlyList<SoakSample> Warm => [.. Samples.Where(sample => sample.Scrapes >= Scrapes * WarmUp)];

    /// <summary>Unit: KiB a thousand scrapes.</summary>
    internal double ResidentSlope => SlopeOf(static sample => sample.ResidentKib);

    /// <summary>Unit: descriptors a thousand scrapes.</summary>
    internal double FdSlope => SlopeOf(static sample => sample.OwnFds);

    /// <summary>What is wrong; empty if nothing is.</summary>
    internal IReadOnlyList<string> Verdict()
    {
        List<string> wrong = [.. Problems];
        double thousands = Scrapes * (1 - WarmUp) / 1000;
        double resident = Slope.Median(Warm.Select(static sample => (double)sample.ResidentKib));
        if (Warm.Count >= LeastSamples && ResidentSlope * thousands > Math.Max(resident * Flat, FlatKib))
        {
            wrong.Add(Text($"resident memory grew by {ResidentSlope:0.0} KiB a thousand scrapes"));
        }

        if (FdsAfter > FdsBefore)
        {
            wrong.Add(Text($"descriptors of its own: {FdsBefore} before, {FdsAfter} after"));
        }

        if (Warm.Count >= LeastSamples && FdSlope * thousands >= 1)
        {
            wrong.Add(Text($"descriptors of its own grew by {FdSlope:0.00} a thousand scrapes"));
        }

        return wrong;
    }

    internal string Table()
    {
        StringBuilder table = new();
        table.Append(Text($"{Scrapes} scrapes in {Elapsed.TotalSeconds:0} s, {Scrapes / Elapsed.TotalSeconds:0} a second; {Changes} changes of the load, {Comparisons} comparisons with ss and ls\n"));
        table.Append(Text($"{"after the warm-up",-24}{"least",10}{"median",10}{"most",10}{"slope per 1000 scrapes",26}\n"));
        Row("resident memory, KiB", static sample => sample.ResidentKib, ResidentSlope);
        Row("own descriptors", static sample => sample.OwnFds, FdSlope);
        table.Append(Text($"resident memory by tenths of the run, median MiB: {string.Join(' ', Tenths().Select(static kib => Text($"{kib / 1024:0.0}")))}\n"));
        table.Append(Text($"own descriptors without load: {FdsBefore} before, {FdsAfter} after; errors and drift: {Problems.Count}\n"));
        return table.ToString();

        void Row(string what, Func<SoakSample, long> of, double slope)
        {
            double[] values = [.. Warm.Select(sample => (double)of(sample))];
            table.Append(Text($"{what,-24}{values.Min(),10:0}{Slope.Median(values),10:0}{values.Max(),10:0}{slope,26:+0.00;-0.00;0}\n"));
        }
    }

    /// <summary>Whether it levels off or goes on.</summary>
    private IEnumerable<double> Tenths()
        => Samples.GroupBy(sample => (sample.Scrapes - 1) * 10 / Scrapes).Select(static tenth => Slope.Median(tenth.Select(static sample => (double)sample.ResidentKib)));

    private double SlopeOf(Func<SoakSample, long> of) => Slope.Of([.. Warm.Select(sample => (sample.Scrapes / 1000.0, (double)of(sample)))]);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
