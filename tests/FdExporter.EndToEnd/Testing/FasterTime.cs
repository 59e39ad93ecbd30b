using System.Globalization;
using System.Text.RegularExpressions;

namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// The one change that tests make to the rules and the configuration that are shipped: each duration is so many times
/// shorter. <c>[10m]</c>, <c>offset 15m</c>, <c>for: 5m</c>, <c>group_wait: 1m</c> are durations; <c>min10m</c> is a part of
/// a name, and a factor of 3600 is none.
/// </summary>
internal static partial class FasterTime
{
    internal static string Shorten(string text, int times) => Duration().Replace(text, match =>
    {
        int seconds = int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture) * match.Groups["unit"].Value switch
        {
            "h" => 3600,
            "m" => 60,
            _ => 1,
        };
        return FormattableString.Invariant($"{seconds * 1000 / times}ms");
    });

    [GeneratedRegex(@"(?<=[\[ ])(?<number>\d+)(?<unit>[hms])\b")]
    private static partial Regex Duration();
}
