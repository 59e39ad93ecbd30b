using System.Globalization;
using System.Text;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;

namespace FdExporter.Web.Pages;

/// <summary>The last hours of one number as a line.</summary>
internal static class HistoryLine
{
    private const int Width = 1000;
    private const int Height = 60;

    /// <returns>False if nothing was drawn, because there are not yet two values.</returns>
    internal static bool Write(Html html, HostHistory history, HistoryKey key)
    {
        // The last minutes are stored one by one, older ones in steps of ten minutes.
        IReadOnlyList<long?> minutes = history.TenMinutesOf(key);
        int width = minutes.Count > HistorySeries.Length / HistorySeries.MinutesPerFloor ? HistorySeries.MinutesPerFloor : 1;
        minutes = width == 1 ? history.MinutesOf(key) : minutes;
        List<long> known = [.. minutes.Where(static floor => floor is not null).Select(static floor => floor!.Value)];
        if (known.Count < 2)
        {
            return false;
        }

        (long least, long most) = (known.Min(), known.Max());
        double range = Math.Max(most - least, 1);
        StringBuilder points = new();
        for (int i = 0; i < minutes.Count; i++)
        {
            if (minutes[i] is { } floor)
            {
                double x = (double)i * Width / Math.Max(minutes.Count - 1, 1);
                double y = 2 + ((most - floor) / range * (Height - 4));
                points.Append(CultureInfo.InvariantCulture, $"{x:0.#},{y:0.#} ");
            }
        }

        string span = HumanText.Duration(TimeSpan.FromMinutes((minutes.Count - 1) * width));
        html.Add($"""
            <svg class="line" viewBox="0 0 {Width} {Height}" preserveAspectRatio="none" role="img" aria-label="In the last {span} between {HumanText.Number(least)} and {HumanText.Number(most)}" focusable="false">
            <polyline points="{points.ToString().TrimEnd()}" vector-effect="non-scaling-stroke"/>
            </svg>
            <p class="note">The last {span}, the minimum of each {(width == 1 ? "minute" : "ten minutes")}: {HumanText.Number(least)} to {HumanText.Number(most)}</p>

            """);
        return true;
    }
}
