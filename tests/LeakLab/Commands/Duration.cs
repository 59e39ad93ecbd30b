using System.Globalization;

namespace LeakLab.Commands;

/// <summary>A time span as Prometheus writes it, with one unit: `500ms`, `60s`, `10m`, `1h`.</summary>
internal static class Duration
{
    internal static bool TryParse(string text, out TimeSpan duration)
    {
        int digits = text.AsSpan().TrimEnd("msh").Length;
        duration = default;
        if (!double.TryParse(text.AsSpan(0, digits), CultureInfo.InvariantCulture, out double number))
        {
            return false;
        }

        double seconds = text[digits..] switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3600, _ => double.NaN };
        if (double.IsNaN(seconds) || number * seconds > TimeSpan.FromDays(1).TotalSeconds)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(number * seconds);
        return true;
    }
}
