using System.Globalization;

namespace FdExporter.Configuration;

/// <summary>A length of time in Go's spelling: <c>500ms</c>, <c>0.5s</c>, <c>15m</c>, <c>2h</c>; one number and one unit.</summary>
internal static class Duration
{
    private static readonly (string Suffix, double Seconds)[] s_units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    internal static bool TryParse(string text, out TimeSpan duration)
    {
        foreach ((string suffix, double seconds) in s_units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)

                // "Infinity" and "NaN" are numbers to .NET, whatever style it is asked for.
                && value * seconds >= 0 && value * seconds <= TimeSpan.FromDays(365).TotalSeconds)
            {
                duration = TimeSpan.FromSeconds(value * seconds);
                return true;
            }
        }

        duration = default;
        return false;
    }
}
