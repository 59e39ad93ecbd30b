using System.Globalization;
using System.Text.RegularExpressions;

namespace FdExporter.EndToEnd.Testing;

/// <summary>The series of one exposition, by their text: <c>fd_tcp_sockets{netns="host",state="listen"}</c>.</summary>
internal sealed partial class Metrics
{
    private readonly Dictionary<string, double> _series = [];

    internal double this[string series] => _series.TryGetValue(series, out double value)
        ? value
        : throw new KeyNotFoundException($"no {series} among:\n{string.Join('\n', _series.Keys)}");

    internal static Metrics Parse(string text)
    {
        Metrics metrics = new();
        foreach (string line in text.Split('\n').Where(static line => line.Length > 0 && line[0] != '#'))
        {
            int blank = line.LastIndexOf(' ');
            string value = line[(blank + 1)..];
            metrics._series.Add(line[..blank], value == "+Inf" ? double.PositiveInfinity : double.Parse(value, CultureInfo.InvariantCulture));
        }

        return metrics;
    }

    internal bool Has(string series) => _series.ContainsKey(series);

    /// <summary>The series of one family, by the value of one label.</summary>
    internal Dictionary<string, double> ByLabel(string family, string label)
        => Family(family).GroupBy(each => LabelOf(each.Key, label)).ToDictionary(static group => group.Key, static group => group.Sum(static each => each.Value));

    internal IEnumerable<KeyValuePair<string, double>> Family(string family)
        => _series.Where(each => each.Key == family || each.Key.StartsWith(family + "{", StringComparison.Ordinal));

    /// <summary>The series of one family that have these labels, whatever others they have.</summary>
    internal IEnumerable<KeyValuePair<string, double>> With(string family, params (string Label, string Value)[] labels)
        => Family(family).Where(each => labels.All(label => LabelOf(each.Key, label.Label) == label.Value));

    /// <summary>The values other than 0 by state or type, as <c>close_wait=40 listen=1</c>.</summary>
    internal string Breakdown(string family, string by, params (string Label, string Value)[] labels)
        => string.Join(' ', With(family, labels)
            .Where(static each => each.Value != 0)
            .Select(each => $"{LabelOf(each.Key, by)}={each.Value}")
            .Order(StringComparer.Ordinal));

    internal double Sum(string family, params (string Label, string Value)[] labels) => With(family, labels).Sum(static each => each.Value);

    internal static string LabelOf(string series, string label)
        => Label().Matches(series).FirstOrDefault(match => match.Groups[1].Value == label)?.Groups[2].Value ?? "";

    [GeneratedRegex("""[{,]([a-z_]+)="((?:[^"\\]|\\.)*)["]""")]
    private static partial Regex Label();
}
