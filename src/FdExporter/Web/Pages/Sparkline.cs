using System.Text;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;

namespace FdExporter.Web.Pages;

/// <summary>A small line of one number over time.</summary>
internal static class Sparkline
{
    /// <summary>Fewer values are no line.</summary>
    private const int LeastValues = 3;

    /// <summary>Points of the smallest line: there may be one in each row of a table.</summary>
    private const int FewPoints = 16;

    /// <summary>Writes the last three hours with the first and last value as text; nothing where there is no history, or no change.</summary>
    internal static void Write(Html html, HostHistory history, HistoryKey key)
    {
        List<(int MinutesAgo, long Value)> known = KnownOf(history.CourseOf(key));
        if (known.Count < LeastValues || known.TrueForAll(each => each.Value == known[0].Value))
        {
            return;
        }

        string line = LineOf(known, 160, 36);
        html.Add($"""
            <figure class="spark">
            <svg viewBox="0 0 160 36" preserveAspectRatio="none" aria-hidden="true" focusable="false"><polygon points="0,36 {line} 160,36"/><polyline points="{line}" vector-effect="non-scaling-stroke"/></svg>
            <figcaption>{HumanText.Number(known[0].Value)} to {HumanText.Number(known[^1].Value)} in {HumanText.Duration(TimeSpan.FromMinutes(known[0].MinutesAgo - known[^1].MinutesAgo))}</figcaption>
            </figure>

            """);
    }

    /// <summary>Writes the line alone, beside a number in a table.</summary>
    internal static void WriteSmall(Html html, Course course)
    {
        List<(int MinutesAgo, long Value)> known = KnownOf(course);
        if (known.Count < LeastValues)
        {
            return;
        }

        int count = Math.Min(FewPoints, known.Count);
        List<(int MinutesAgo, long Value)> few = [.. Enumerable.Range(0, count).Select(i => known[i * (known.Count - 1) / (count - 1)])];
        html.Add($"<svg class=\"trend\" viewBox=\"0 0 48 14\" aria-hidden=\"true\" focusable=\"false\"><polyline points=\"{LineOf(few, 48, 14)}\"/></svg>");
    }

    private static List<(int MinutesAgo, long Value)> KnownOf(Course course)
    {
        List<(int MinutesAgo, long Value)> known = [];
        for (int i = 0; i < course.MinutesAgo.Length; i++)
        {
            if (course.Values[0][i] is { } value)
            {
                known.Add((course.MinutesAgo[i], value));
            }
        }

        return known;
    }

    /// <summary>A change of less than a tenth is drawn as small as it is.</summary>
    private static string LineOf(List<(int MinutesAgo, long Value)> known, int width, int height)
    {
        (int from, int to) = (known[0].MinutesAgo, known[^1].MinutesAgo);
        (long least, long most) = (known.Min(static each => each.Value), known.Max(static each => each.Value));
        double range = Math.Max(most - least, Math.Max(most * 0.1, 1));
        StringBuilder points = new();
        foreach ((int minutesAgo, long value) in known)
        {
            points.Append(points.Length == 0 ? "" : " ")
                .Append(Svg.At((double)(from - minutesAgo) * width / Math.Max(from - to, 1))).Append(',')
                .Append(Svg.At(height - 2 - ((value - least) / range * (height - 4))));
        }

        return points.ToString();
    }
}
