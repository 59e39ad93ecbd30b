using System.Globalization;
using System.Text.RegularExpressions;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// The files of deploy/prometheus with every duration sixty times shorter, so that a minute there is a second here; nothing
/// else is changed. Durations are those of ranges, <c>[10m]</c> and <c>[2h:1m]</c>, of <c>offset</c>, and of the
/// keys <c>for</c>, <c>interval</c>, <c>keep_firing_for</c>, <c>group_wait</c>, <c>group_interval</c> and <c>repeat_interval</c>.
/// </summary>
/// <remarks>
/// Text that only looks like a duration stays: names such as <c>min10m</c>, and numbers of seconds or hours in expressions. So the
/// rules' growth per hour is the growth per minute, and a leak sixty times faster reaches the thresholds.
/// </remarks>
internal static partial class ShortenedRules
{
    internal const int Times = 60;

    internal static string Folder { get; } = Path.Combine(Repository.Root, "deploy", "prometheus");

    internal static string Shorten(string text, int times = Times)
        => Duration().Replace(text, match => FormattableString.Invariant($"{Milliseconds(match.Value) / times}ms"));

    /// <summary>Writes <c>fd-exporter.rules.yml</c> so shortened into this folder.</summary>
    internal static void WriteRules(string folder, int times = Times)
        => File.WriteAllText(
            Path.Combine(folder, "fd-exporter.rules.yml"),
            Shorten(File.ReadAllText(Path.Combine(Folder, "fd-exporter.rules.yml")), times));

    /// <summary>Writes <c>alertmanager.yml</c> so shortened into this folder; its receivers call this address.</summary>
    internal static string WriteAlertmanager(string folder, Uri receivers)
    {
        const string placeholder = "https://alerts.example.com/";

        // They are comments in the shipped file: it starts without an address.
        string text = File.ReadAllText(Path.Combine(Folder, "alertmanager.yml"))
            .Replace("    # webhook_configs:\n    #   - url: ", "    webhook_configs:\n      - url: ", StringComparison.Ordinal);
        if (!text.Contains(placeholder, StringComparison.Ordinal))
        {
            throw new FormatException($"alertmanager.yml: no {placeholder}");
        }

        string file = Path.Combine(folder, "alertmanager.yml");
        File.WriteAllText(file, Shorten(text).Replace(placeholder, receivers.ToString(), StringComparison.Ordinal));
        return file;
    }

    private static long Milliseconds(string duration) => Part().Matches(duration).Sum(part =>
        long.Parse(part.Groups["number"].Value, CultureInfo.InvariantCulture) * part.Groups["unit"].Value switch
        {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => throw new FormatException($"a duration of {duration}"),
        });

    [GeneratedRegex(@"(?<=\[|\[\w+:|\boffset |\b(?:for|interval|keep_firing_for|group_wait|group_interval|repeat_interval): )(?:\d+(?:ms|[a-z]))+\b")]
    private static partial Regex Duration();

    [GeneratedRegex("(?<number>[0-9]+)(?<unit>[a-z]+)")]
    private static partial Regex Part();
}
