using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FdExporter.Tests.Corpus;

namespace FdExporter.EndToEnd.Testing;

/// <summary>The result of the alerting rules for a labelled series, evaluated by promtool.</summary>
/// <param name="First">The minute in which the first alert fired; null if none did.</param>
/// <param name="Severities">Severities of all alerts that fired.</param>
internal sealed partial record SeriesAlerts(LabelledSeries Series, int? First, IReadOnlyCollection<string> Severities)
{
    /// <summary>Unit: minutes. The rules use floors of ten, so this changes nothing but the duration of the test.</summary>
    private const int Step = 5;

    /// <summary>Unit: minutes.</summary>
    private const int Longest = 30 * 60;

    /// <summary>promtool limits a query to 10,000 samples.</summary>
    private const int HoursPerQuery = 12;

    /// <summary>All of them at once: each is its own program on one machine.</summary>
    internal static async Task<IReadOnlyList<SeriesAlerts>> OfAsync(string folder, IReadOnlyCollection<LabelledSeries> all, int seed)
    {
        string file = Path.Combine(folder, $"corpus-{all.Count}.yml");
        await File.WriteAllTextAsync(file, TestOf(all, seed));

        // Nothing is expected, so promtool prints the actual result.
        (_, string output, string error) = await Child.RunAsync("promtool", null, "test", "rules", file);
        Assert.DoesNotContain("err:", output + error, StringComparison.Ordinal);
        Dictionary<string, (int First, HashSet<string> Severities)> said = [];
        foreach (Match alert in Alert().Matches(output + error))
        {
            int minute = (int)double.Parse(alert.Groups["minute"].Value, CultureInfo.InvariantCulture);
            (int first, HashSet<string> severities) = said.GetValueOrDefault(alert.Groups["group"].Value, (int.MaxValue, []));
            severities.Add(alert.Groups["severity"].Value);
            said[alert.Groups["group"].Value] = (Math.Min(first, minute), severities);
        }

        return [.. all.Select(series => said.TryGetValue(series.Name, out (int First, HashSet<string> Severities) each)
            ? new SeriesAlerts(series, each.First, each.Severities)
            : new SeriesAlerts(series, null, []))];
    }

    private static string TestOf(IReadOnlyCollection<LabelledSeries> all, int seed)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $$"""
            rule_files: ['{{Path.Combine(ShortenedRules.Folder, "fd-exporter.rules.yml")}}']
            evaluation_interval: {{Step}}m
            group_eval_order: [fd-settings, fd-growth, fd-close-wait, fd-limits, fd-system, fd-exporter, fd-fleet]
            tests:
              - interval: {{Step}}m
                input_series:

            """);
        int hours = 0;
        foreach (LabelledSeries series in all)
        {
            // Little is evaluated after a leak should have been reported, and for the others a day and a night show as much as more would.
            int[] values = series.Values(seed);
            int minutes = Math.Min(Math.Min(values.Length, Longest), series.IsLeak ? series.Deadline(seed) * 2 : int.MaxValue);
            hours = Math.Max(hours, (minutes + 59) / 60);
            int[] sampled = [.. Enumerable.Range(0, (minutes + Step - 1) / Step).Select(i => values[i * Step])];
            Append(text, series, sampled);
        }

        text.Append("    promql_expr_test:\n");
        for (int hour = HoursPerQuery; hour < hours + HoursPerQuery; hour += HoursPerQuery)
        {
            text.Append(CultureInfo.InvariantCulture, $$"""
                      - expr: min by (group, severity) (min_over_time(timestamp(ALERTS{alertstate="firing",group!=""})[{{HoursPerQuery}}h:{{Step}}m])) / 60
                        eval_time: {{hour}}h

                """);
        }

        return text.ToString();
    }

    /// <summary>The series that the exporter would show.</summary>
    private static void Append(StringBuilder text, LabelledSeries series, int[] values)
    {
        switch (series.Of)
        {
            case "processes":
                AppendProcess(static _ => 35);
                Add("fd_group_processes", "", static value => value);
                Add("fd_group_fds", ",type=\"file\"", static value => 35 * value);
                break;
            case "close_wait":
                AppendProcess(static value => value + 20);
                for (int i = 0; i < 4; i++)
                {
                    int peer = i;
                    Add("fd_close_wait_sockets", $",direction=\"outbound\",address=\"10.0.3.{peer}:8443\",cause=\"not_closed\"", value => (value / 4) + (peer < value % 4 ? 1 : 0));
                }

                break;
            case "workers":
                AppendProcess(static value => value);
                Add("fd_group_processes", "", static _ => 20);
                Add("fd_group_fds", ",type=\"file\"", static value => value + (19 * 35));
                break;
            case "file":
                AppendProcess(static value => value);
                Add("fd_group_processes", "", static _ => 1);
                Add("fd_group_fds", ",type=\"file\"", static value => value);
                break;
            case "total":
                AppendProcess(static value => value);
                break;
            default:
                throw new InvalidOperationException($"{series.Name} is of {series.Of}");
        }

        void AppendProcess(Func<int, int> open)
        {
            Add("fd_group_max_process_open_fds", "", value => open(value));
            Add("fd_group_max_process_fd_ratio", "", value => Math.Min(1, (double)open(value) / series.Limit));
        }

        void Add(string metric, string labels, Func<int, double> of)
        {
            string all = string.Join(' ', values.Select(value => of(value).ToString("R", CultureInfo.InvariantCulture)));
            text.Append(CultureInfo.InvariantCulture, $"      - series: '{metric}{{job=\"fd-exporter\",instance=\"m:1\",group=\"{series.Name}\"{labels}}}'\n        values: {all}\n");
        }
    }

    // {group="linear", severity="info"} 4.5E+02
    [GeneratedRegex(@"\{group=""(?<group>[^""]+)"", severity=""(?<severity>\w+)""\} (?<minute>[0-9.E+-]+)")]
    private static partial Regex Alert();
}
