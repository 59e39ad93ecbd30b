using System.Text;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;

namespace FdExporter.Web.Pages;

/// <summary>A small chart of one number over the last three hours, with its first and last value as text.</summary>
internal static class Sparkline
{
    private const int Width = 160;
    private const int Height = 36;

    /// <summary>Fewer values are no line.</summary>
    private const int LeastValues = 3;

    /// <summary>Writes nothing where there is no history, or no change.</summary>
    internal static void Write(Html html, HostHistory history, HistoryKey key)
    {
        Course course = history.CourseOf(key);
        List<(int MinutesAgo, long Value)> known = [];
        for (int i = 0; i < course.MinutesAgo.Length; i++)
        {
            if (course.Values[0][i] is { } value)
            {
                known.Add((course.MinutesAgo[i], value));
            }
        }

        if (known.Count < LeastValues || known.TrueForAll(each => each.Value == known[0].Value))
        {
            return;
        }

        (int from, int to) = (known[0].MinutesAgo, known[^1].MinutesAgo);
        (long least, long most) = (known.Min(static each => each.Value), known.Max(static each => each.Value));
        double range = Math.Max(most - least, Math.Max(most * 0.1, 1));
        StringBuilder points = new();
        foreach ((int minutesAgo, long value) in known)
        {
            points.Append(Svg.At((double)(from - minutesAgo) * Width / Math.Max(from - to, 1))).Append(',').Append(Svg.At(Height - 2 - ((value - least) / range * (Height - 4)))).Append(' ');
        }

        string line = points.ToString().TrimEnd();
        html.Add($"""
            <figure class="spark">
            <svg viewBox="0 0 {Width} {Height}" preserveAspectRatio="none" aria-hidden="true" focusable="false"><polygon points="0,{Height} {line} {Width},{Height}"/><polyline points="{line}" vector-effect="non-scaling-stroke"/></svg>
            <figcaption>{HumanText.Number(known[0].Value)} to {HumanText.Number(known[^1].Value)} in {HumanText.Duration(TimeSpan.FromMinutes(from - to))}</figcaption>
            </figure>

            """);
    }
}
