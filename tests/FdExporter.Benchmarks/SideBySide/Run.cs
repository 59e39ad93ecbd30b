namespace FdExporter.Benchmarks.SideBySide;

/// <summary>One table: all contenders on one machine.</summary>
/// <param name="Scrapes">Number of scrapes of each contender in each round.</param>
/// <param name="Interval">Scrape interval; zero for no pause.</param>
/// <param name="Before">Another build of the exporter to compare with; empty for none.</param>
internal sealed record Run(int Rounds, int Scrapes, TimeSpan Interval, string Exporter, string Before, string LowerBound)
{
    /// <summary>A process younger than half a minute is inspected more closely; a scan is warm when the load has settled.</summary>
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(32);

    /// <summary>From this interval on all contenders run within one interval; below it each has the machine for itself in its turn.</summary>
    private static readonly TimeSpan s_longEnoughForAll = TimeSpan.FromSeconds(10);

    private const int MostCommandRounds = 3;

    internal async Task CompareAsync(Situation situation)
    {
        IReadOnlyList<Lab> labs = situation.Start();
        string rules = Path.GetTempFileName();
        await File.WriteAllTextAsync(rules, "process_names:\n  - name: \"{{.Comm}}\"\n    cmdline: ['.+']\n");
        List<ScrapedContender> scraped = [];
        LowerBound lowerBound = new(LowerBound);
        CommandContender[] commands =
        [
            new("lsof -n, awk, sort, head", "lsof -n | awk '{num[$2]++}END{for(i in num) print num[i],i}' | sort -nr | head"),
            new("ss -tanp", "ss -tanp"),
            new("ss -tanp state close-wait", "ss -tanp state close-wait"),
        ];
        try
        {
            await StartAsync(scraped, rules);
            await Task.Delay(s_settling);
            Table table = new(situation, Interval, scraped[0].FirstAnswerMs);
            for (int round = 0; round < Rounds; round++)
            {
                foreach (Contender[] group in Groups([.. scraped, lowerBound]))
                {
                    await TurnAsync(group, table);
                }

                if (round < MostCommandRounds)
                {
                    await CommandsAsync(commands, table);
                }
            }

            table.Print();
        }
        finally
        {
            scraped.ForEach(static contender => contender.Dispose());
            foreach (Lab lab in labs)
            {
                lab.Dispose();
            }

            File.Delete(rules);
        }
    }

    /// <summary>
    /// Starts each in its cheapest mode that reports descriptors and sockets; alone, so that its first answer is not disturbed.
    /// </summary>
    private async Task StartAsync(List<ScrapedContender> scraped, string rules)
    {
        await AddAsync(new(Table.Ours, Exporter, 20_101));
        await AddAsync(new(
            Table.NodeExporter, "prometheus-node-exporter", 20_102,
            "--collector.disable-defaults", "--collector.filefd", "--collector.tcpstat", "--collector.sockstat"));
        await AddAsync(new(
            Table.ProcessExporter, "prometheus-process-exporter", 20_103, $"-config.path={rules}", "-threads=false", "-gather-smaps=false"));
        if (Before.Length > 0)
        {
            await AddAsync(new("fd-exporter before", Before, 20_104));
        }

        Task AddAsync(ScrapedContender contender)
        {
            scraped.Add(contender);
            return contender.StartedAsync();
        }
    }

    private IEnumerable<Contender[]> Groups(Contender[] all) => Interval >= s_longEnoughForAll ? [all] : all.Select(static each => new[] { each });

    private async Task TurnAsync(Contender[] group, Table table)
    {
        using SemaphoreSlim gate = new(1);
        Measure[] measures = await Task.WhenAll(group.Select((contender, i)
            => contender.MeasureAsync(new MeasurementPlan(Scrapes, Interval, Interval * i / group.Length, gate))));
        foreach ((Contender contender, Measure measure) in group.Zip(measures))
        {
            table.Add(contender.Name, measure);
        }
    }

    private static async Task CommandsAsync(CommandContender[] commands, Table table)
    {
        foreach (CommandContender command in commands)
        {
            using SemaphoreSlim gate = new(1);

            // A command that takes half a minute is measured only once.
            if (!table.IsSlow(command.Name))
            {
                table.Add(command.Name, await command.MeasureAsync(new MeasurementPlan(1, TimeSpan.Zero, TimeSpan.Zero, gate)));
            }
        }
    }
}
