using System.Globalization;

namespace FdExporter.Benchmarks.SideBySide;

/// <summary>
/// <c>FdExporter.Benchmarks side-by-side</c>: measures all contenders on the same machine in alternating rounds. The speed of
/// the machine changes from minute to minute, so the ratios within a round are the result, not the milliseconds.
/// </summary>
internal static class Command
{
    internal static async Task<int> RunAsync(string[] args)
    {
        List<Situation> situations = [];
        List<TimeSpan> intervals = [];
        Dictionary<string, string> options = new() { ["--rounds"] = "5", ["--scrapes"] = "10", ["--base"] = "" };
        for (int i = 0; i + 1 < args.Length; i += 2)
        {
            switch (args[i])
            {
                case "--size":
                    situations.Add(Situation.Of(Size.Parse(args[i + 1])));
                    break;
                case "--situation":
                    situations.Add(Situation.Parse(args[i + 1]));
                    break;
                case "--interval":
                    intervals.Add(TimeSpan.FromSeconds(double.Parse(args[i + 1], CultureInfo.InvariantCulture)));
                    break;
                default:
                    options[args[i]] = args[i + 1];
                    break;
            }
        }

        if (situations.Count == 0)
        {
            situations.AddRange(((string[])["100x10+0", "1000x10+0", "1000x100+20000", "5000x10+20000", "1000x100+200000"])
                .Select(static each => Situation.Of(Size.Parse(each))));
        }

        foreach (Situation situation in situations)
        {
            foreach (TimeSpan interval in intervals.DefaultIfEmpty(TimeSpan.Zero))
            {
                Run run = new(Number("--rounds"), Number("--scrapes"), interval, options["--exporter"], options["--base"], options["--lower-bound"]);
                await run.CompareAsync(situation);
            }
        }

        return 0;

        int Number(string option) => int.Parse(options[option], CultureInfo.InvariantCulture);
    }
}
