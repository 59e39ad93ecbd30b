using System.Globalization;
using System.Text.RegularExpressions;

namespace FdExporter.Configuration;

/// <summary>A duration in Go's spelling: <c>500ms</c>, <c>0.5s</c>, <c>15m</c>, <c>1h30m</c>. Source: Go's time.ParseDuration.</summary>
internal static partial class Duration
{
    internal static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        Match match = Spelling().Match(text);
        if (!match.Success)
        {
            return false;
        }

        double seconds = 0;
        for (int i = 0; i < match.Groups[1].Captures.Count; i++)
        {
            double number = double.Parse(match.Groups[1].Captures[i].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
            seconds += number * match.Groups[2].Captures[i].Value switch
            {
                "ns" => 1e-9,
                "us" or "\u00b5s" or "\u03bcs" => 1e-6,
                "ms" => 1e-3,
                "s" => 1,
                "m" => 60,
                _ => 3600,
            };
        }

        // A number that is too large is parsed as infinity.
        if (seconds > TimeSpan.FromDays(365).TotalSeconds)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    [GeneratedRegex(@"\A(?>([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h))+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Spelling();
}
