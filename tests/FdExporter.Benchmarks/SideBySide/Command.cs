using System.Globalization;

namespace FdExporter.Benchmarks.SideBySide;

/// <summary>
/// <c>FdExporter.Benchmarks side-by-side</c>: everybody looks at the same machine in turns, round after round, since its own
/// speed changes from minute to minute; so the ratios within a round are the result, and the milliseconds are not.
/// </summary>
internal static class Command
{
    private const string Ours = "fd-exporter";
    private const string Both = "node_exporter and process-exporter";

    /// <summary>A process younger than half a minute is looked at more closely; warm is when the load has settled.</summary>
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(32);

    internal static async Task<int> RunAsync(string[] args)
    {
        List<Size> sizes = [];
        Dictionary<string, string> options = new() { ["--rounds"] = "5", ["--scrapes"] = "10" };
        for (int i = 0; i + 1 < args.Length; i += 2)
        {
            if (args[i] == "--size")
            {
                sizes.Add(Size.Parse(args[i + 1]));
            }
            else
            {
                options[args[i]] = args[i + 1];
            }
        }

        if (sizes.Count == 0)
        {
            sizes.AddRange(((string[])["100x10+0", "1000x10+0", "1000x100+20000", "5000x10+20000", "1000x100+200000"]).Select(Size.Parse));
        }

        int rounds = int.Parse(options["--rounds"], CultureInfo.InvariantCulture);
        int scrapes = int.Parse(options["--scrapes"], CultureInfo.InvariantCulture);
        foreach (Size size in sizes)
        {
            await CompareAsync(size, rounds, scrapes, options["--exporter"], options["--lower-bound"]);
        }

        return 0;
    }

    private static async Task CompareAsync(Size size, int rounds, int scrapes, string exporter, string lowerBound)
    {
        IReadOnlyList<Lab> labs = size.Start();
        string rules = Path.GetTempFileName();
        await File.WriteAllTextAsync(rules, "process_names:\n  - name: \"{{.Comm}}\"\n    cmdline: ['.+']\n");
        List<Contender> contenders = [];
        try
        {
            // Each in the cheapest way that tells of descriptors and sockets at all.
            ScrapedContender ours = new(Ours, scrapes, exporter, 20_101);
            contenders.Add(ours);
            await ours.StartedAsync();
            contenders.Add(new ScrapedContender(
                "node_exporter", scrapes, "prometheus-node-exporter", 20_102,
                "--collector.disable-defaults", "--collector.filefd", "--collector.tcpstat", "--collector.sockstat"));
            contenders.Add(new ScrapedContender(
                "process-exporter", scrapes, "prometheus-process-exporter", 20_103, $"-config.path={rules}", "-threads=false", "-gather-smaps=false"));
            contenders.Add(new CommandContender("lsof -n, awk, sort, head", "lsof -n | awk '{num[$2]++}END{for(i in num) print num[i],i}' | sort -nr | head"));
            contenders.Add(new CommandContender("ss -tanp", "ss -tanp"));
            contenders.Add(new CommandContender("ss -tanp state close-wait", "ss -tanp state close-wait"));
            contenders.Add(new LowerBound(lowerBound, scrapes));
            foreach (ScrapedContender scraped in contenders.OfType<ScrapedContender>().Except([ours]))
            {
                await scraped.StartedAsync();
            }

            await Task.Delay(s_settling);
            Dictionary<string, List<Measure>> measures = contenders.ToDictionary(static each => each.Name, static _ => new List<Measure>());
            foreach (Contender contender in contenders.Where(static each => each is not CommandContender))
            {
                await contender.LookAsync();
            }

            for (int round = 0; round < rounds; round++)
            {
                foreach (Contender contender in contenders)
                {
                    // Half a minute a look says enough when it is taken once.
                    bool isSlow = measures[contender.Name] is [{ WallMs: > 20_000 }, ..];
                    measures[contender.Name].Add(isSlow ? measures[contender.Name][0] : await contender.LookAsync());
                }
            }

            measures[Both] = [.. measures["node_exporter"].Zip(measures["process-exporter"], Measure.Sum)];
            Print(size, measures, ours.FirstAnswerMs);
        }
        finally
        {
            contenders.ForEach(static contender => contender.Dispose());
            foreach (Lab lab in labs)
            {
                lab.Dispose();
            }

            File.Delete(rules);
        }
    }

    private static void Print(Size size, Dictionary<string, List<Measure>> measures, double firstAnswerMs)
    {
        Console.WriteLine($"**{size}**; from the start to the first metrics, cold: {firstAnswerMs:0} ms\n");
        Console.WriteLine("| | CPU ms | CPU, times ours | wall ms | wall, times ours | memory MB | bytes |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        List<Measure> ours = measures[Ours];
        foreach ((string name, List<Measure> each) in measures)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {Statistics.Median(each.Select(static m => m.CpuMs)):0.0} | {Ratio(each, ours, static m => m.CpuMs)} | {Statistics.Median(each.Select(static m => m.WallMs)):0.0} | {Ratio(each, ours, static m => m.WallMs)} | {each[^1].RssMb:0} | {each[^1].Bytes:#,0} |"));
        }

        Console.WriteLine();
    }

    /// <summary>Median of the rounds, and the least and the most.</summary>
    private static string Ratio(List<Measure> theirs, List<Measure> ours, Func<Measure, double> value)
    {
        double[] ratios = [.. theirs.Zip(ours, (a, b) => value(a) / value(b))];
        return string.Create(CultureInfo.InvariantCulture, $"**{Statistics.Median(ratios):0.##}** ({ratios.Min():0.##} to {ratios.Max():0.##})");
    }
}
