using System.Globalization;

namespace FdExporter.Tests.Corpus;

/// <summary>One line of <c>tests/growth/corpus.tsv</c>: a number, minute by minute, and whether it leaks.</summary>
internal sealed record LabelledSeries(string Name, bool IsLeak, string Of, int Limit, int Minutes, string Parts)
{
    /// <summary>Start of the leak; 0 if there is none.</summary>
    internal int LeakStart { get; private init; }

    private double PerHour { get; init; }

    private double Room { get; init; }

    /// <summary>When a leak must be reported: after two hours, or a quarter of its time to the limit.</summary>
    internal int Deadline(int seed)
    {
        // A random leak counts with the rate that it actually had.
        double perHour = Parts.Contains("randombatch", StringComparison.Ordinal) ? (Values(seed)[^1] - Limit + Room) * 60 / Minutes : PerHour;

        // The number of processes reaches no limit first.
        return LeakStart + Math.Max(120, Of == "processes" ? 0 : (int)(Room / perHour * 15));
    }

    internal static LabelledSeries Parse(string line)
    {
        string[] fields = line.Split('\t');
        LabelledSeries series = new(fields[0], fields[1] == "leak", fields[2], Number(fields[3]), Number(fields[4]) * 60, fields[5]);
        double room = series.Limit;
        (double perHour, int start) = (0, 0);
        foreach (string[] part in series.Words())
        {
            double[] numbers = Numbers(part);
            room -= part[0] is "level" or "ramp" ? numbers[0] : 0;
            (perHour, start) = part[0] switch
            {
                "leak" or "loadleak" => (numbers[0], (int)numbers.ElementAtOrDefault(1)),
                "batch" => (numbers[0] * 60 / numbers[1], 0),
                _ => (perHour, start),
            };
        }

        return series with { LeakStart = start, PerHour = perHour, Room = room };
    }

    /// <summary>The value in each minute.</summary>
    internal int[] Values(int seed)
    {
        // Not string.GetHashCode, which differs in each process.
        Random random = new(Name.Aggregate(seed, static (hash, letter) => unchecked((hash * 31) + letter)));
        double[] sum = new double[Minutes];
        int restart = (int)(Words().FirstOrDefault(static part => part[0] == "restart") is { } each ? Numbers(each)[0] : int.MaxValue);
        foreach (string[] part in Words())
        {
            SeriesPart.Add(part[0], Numbers(part), random, sum, restart);
        }

        return [.. sum.Select(value => Of == "processes" ? Math.Max(1, (int)Math.Round(value)) : Math.Clamp((int)Math.Round(value), 0, Limit))];
    }

    private IEnumerable<string[]> Words() => Parts.Split(';', StringSplitOptions.TrimEntries).Select(static part => part.Split(' '));

    private static double[] Numbers(string[] part) => [.. part.Skip(1).Select(static word => double.Parse(word, CultureInfo.InvariantCulture))];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
