using System.Globalization;
using System.Text;

namespace FdExporter.Benchmarks.Soak;

/// <summary>The measurements of a soak, and whether they pass.</summary>
/// <param name="FdsBefore">Descriptors of the exporter before the load starts.</param>
/// <param name="FdsAfter">Descriptors of the exporter after the load has ended.</param>
/// <param name="Changes">Number of changes of the load.</param>
/// <param name="Comparisons">Number of comparisons with <c>ss</c> and <c>ls</c>.</param>
/// <param name="Problems">Errors and drift, one line each.</param>
internal sealed record SoakResult(
    int Scrapes, TimeSpan Elapsed, IReadOnlyList<SoakSample> Samples, int FdsBefore, int FdsAfter, int Changes, int Comparisons, IReadOnlyList<string> Problems)
{
    /// <summary>The first scrapes compile code, fill caches and find the size of the heap.</summary>
    private const double WarmUp = 0.25;

    /// <summary>With fewer samples the slope means nothing.</summary>
    private const int LeastSamples = 20;

    /// <summary>An increase of up to 5 %, or of one MiB, from the end of the warm-up to the last scrape is no growth.</summary>
    private const double Flat = 0.05;
    private const double FlatKib = 1024;

    private IReadOnlyList<SoakSample> Warm => [.. Samples.Where(sample => sample.Scrapes >= Scrapes * WarmUp)];

    /// <summary>Unit: KiB per thousand scrapes.</summary>
    internal double ResidentSlope => SlopeOf(static sample => sample.ResidentKib);

    /// <summary>Unit: descriptors per thousand scrapes.</summary>
    internal double FdSlope => SlopeOf(static sample => sample.OwnFds);

    /// <summary>The failures; empty if there are none.</summary>
    internal IReadOnlyList<string> Verdict()
    {
        List<string> wrong = [.. Problems];
        double thousands = Scrapes * (1 - WarmUp) / 1000;
        double resident = Slope.Median(Warm.Select(static sample => (double)sample.ResidentKib));
        if (Warm.Count >= LeastSamples && ResidentSlope * thousands > Math.Max(resident * Flat, FlatKib))
        {
            wrong.Add(Text($"resident memory grew by {ResidentSlope:0.0} KiB per 1,000 scrapes"));
        }

        if (FdsAfter > FdsBefore)
        {
            wrong.Add(Text($"descriptors of the exporter without load: {FdsBefore} before, {FdsAfter} after"));
        }

        if (Warm.Count >= LeastSamples && FdSlope * thousands >= 1)
        {
            wrong.Add(Text($"descriptors of the exporter grew by {FdSlope:0.00} per 1,000 scrapes"));
        }

        return wrong;
    }

    internal string Table()
    {
        StringBuilder table = new();
        table.Append(Text($"{Scrapes} scrapes in {Elapsed.TotalSeconds:0} s, {Scrapes / Elapsed.TotalSeconds:0} per second; {Changes} changes of the load, {Comparisons} comparisons with ss and ls\n"));
        table.Append(Text($"{"after the warm-up",-24}{"minimum",10}{"median",10}{"maximum",10}{"slope per 1000 scrapes",26}\n"));
        Row("resident memory, KiB", static sample => sample.ResidentKib, ResidentSlope);
        Row("open descriptors", static sample => sample.OwnFds, FdSlope);
        table.Append(Text($"median resident memory in each tenth of the run, MiB: {string.Join(' ', Tenths().Select(static kib => Text($"{kib / 1024:0.0}")))}\n"));
        table.Append(Text($"open descriptors without load: {FdsBefore} before, {FdsAfter} after; errors and differences from ss and ls: {Problems.Count}\n"));
        return table.ToString();

        void Row(string what, Func<SoakSample, long> of, double slope)
        {
            double[] values = [.. Warm.Select(sample => (double)of(sample))];
            table.Append(Text($"{what,-24}{values.Min(),10:0}{Slope.Median(values),10:0}{values.Max(),10:0}{slope,26:+0.00;-0.00;0}\n"));
        }
    }

    /// <summary>Shows whether it levels off or keeps growing.</summary>
    private IEnumerable<double> Tenths()
        => Samples.GroupBy(sample => (sample.Scrapes - 1) * 10 / Scrapes).Select(static tenth => Slope.Median(tenth.Select(static sample => (double)sample.ResidentKib)));

    private double SlopeOf(Func<SoakSample, long> of) => Slope.Of([.. Warm.Select(sample => (sample.Scrapes / 1000.0, (double)of(sample)))]);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
