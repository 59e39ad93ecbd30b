using System.Globalization;
using System.Text;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;

namespace FdExporter.Web.Pages;

/// <summary>A small line of one number over time.</summary>
internal static class Sparkline
{
    /// <summary>Fewer values are no line.</summary>
    private const int LeastValues = 3;

    /// <summary>Points of a line.</summary>
    private const int MostPoints = 24;

    /// <summary>Points of the smallest line: there may be one in each row of a table.</summary>
    private const int FewPoints = 9;

    /// <summary>Writes the last three hours with the first and last value as text; nothing where there is no history, or no change.</summary>
    internal static void Write(Html html, HostHistory history, HistoryKey key)
    {
        List<(int MinutesAgo, long Value)> known = KnownOf(history.CourseOf(key));
        if (known.Count < LeastValues || known.TrueForAll(each => each.Value == known[0].Value))
        {
            return;
        }

        html.Add($"""
            <figure class="spark">
            <svg viewBox="0 0 160 72" preserveAspectRatio="none" aria-hidden="true"><polyline points="-2,74 {LineOf(Few(known, MostPoints), 160, 72)} 162,74" vector-effect="non-scaling-stroke"/></svg>
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

        html.Add($"<svg class=\"trend\" viewBox=\"0 0 60 18\" aria-hidden=\"true\"><polyline points=\"{LineOf(Few(known, FewPoints), 60, 18)}\"/></svg>");
    }

    /// <summary>The first, the last, and others at about equal distances in time.</summary>
    private static List<(int MinutesAgo, long Value)> Few(List<(int MinutesAgo, long Value)> known, int most)
    {
        double step = (double)(known[0].MinutesAgo - known[^1].MinutesAgo) / (most - 1);
        List<(int MinutesAgo, long Value)> few = [known[0]];
        foreach ((int MinutesAgo, long Value) each in known.Skip(1).SkipLast(1))
        {
            if (few[^1].MinutesAgo - each.MinutesAgo >= step)
            {
                few.Add(each);
            }
        }

        return [.. few, known[^1]];
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
                .Append(CultureInfo.InvariantCulture, $"{(double)(from - minutesAgo) * width / Math.Max(from - to, 1):0},{height - 2 - ((value - least) / range * (height - 4)):0}");
        }

        return points.ToString();
    }
}
