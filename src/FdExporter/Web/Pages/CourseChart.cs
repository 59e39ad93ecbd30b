using System.Globalization;
using System.Text;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Web.Serving;

namespace FdExporter.Web.Pages;

/// <summary>One number over the last three hours as a line, against a limit; below it parts of it, stacked.</summary>
internal sealed class CourseChart
{
    private const int Width = 1000;
    private const int Height = 200;

    /// <summary>Strips of the chart with the numbers of one moment.</summary>
    private const int MostMoments = 18;

    /// <summary>Longer names are cut in the strips, which repeat them.</summary>
    private const int LongestName = 40;

    /// <summary>The chart is as high as the limit if the number is near it; else it would be a flat line.</summary>
    private const double NearLimit = 0.4;

    private readonly IReadOnlyList<HandleShare> _programs;
    private readonly List<Moment> _moments = [];
    private readonly int _span;
    private readonly double _top;
    private readonly Scale _scale;

    private CourseChart(Course course, IReadOnlyList<HandleShare> programs, Scale scale)
    {
        _programs = programs;
        _span = course.Span;
        _scale = scale;
        for (int i = 0; i < course.MinutesAgo.Length; i++)
        {
            if (course.Values[0][i] is { } all)
            {
                _moments.Add(MomentOf(course, i, all));
            }
        }

        double most = _moments.Count == 0 ? 0 : _moments.Max(static moment => moment.All);
        _top = Math.Max(scale.Limit is { } limit && most >= limit * NearLimit ? Math.Max(most, limit) * 1.1 : most * 1.15, 10);
    }

    /// <summary>
    /// Writes the machine's handles and their programs. Descriptors are converted to handles as they are now, and never exceed the line.
    /// </summary>
    /// <param name="shares">Null where the handles cannot be split: then there is only the line of the machine.</param>
    internal static void WriteHandles(Html html, HostView view, HandleShares? shares, ulong threshold)
    {
        IReadOnlyList<HandleShare> programs = shares is null ? [] : shares.Largest;
        Course course = view.History.CourseOf([HistoryKey.SystemHandles, .. programs.Select(static share => HistoryKey.GroupFds(share.Program))]);
        new CourseChart(course, programs, new Scale("handles", "threshold", threshold)).Write(html, view.Host.Snapshot.TakenAt, "Not known: the collector system failed or is switched off.");
    }

    /// <param name="limit">Null where there is none.</param>
    /// <param name="none">The text where the number is not recorded.</param>
    internal static void WriteDescriptors(Html html, HostHistory history, HistoryKey key, ulong? limit, DateTimeOffset now, string none)
        => new CourseChart(history.CourseOf(key), [], new Scale("descriptors", "limit", limit)).Write(html, now, none);

    private void Write(Html html, DateTimeOffset now, string none)
    {
        if (_moments.Count < 2)
        {
            html.Add($"<p class=\"none empty\">{(_moments.Count == 1 ? "The history begins with this scan. The chart needs a few minutes." : none)}</p>\n");
            return;
        }

        (long least, long most) = (_moments.Min(static moment => moment.All), _moments.Max(static moment => moment.All));
        string span = HumanText.Duration(TimeSpan.FromMinutes(_span));
        html.Add($"""
            <svg class="chart" role="img" tabindex="0" aria-label="In the last {span} between {HumanText.Number(least)} and {HumanText.Number(most)} {_scale.What}">
            <svg viewBox="0 0 {Width} {Height}" preserveAspectRatio="none">

            """);
        for (int i = 0; i < _programs.Count; i++)
        {
            html.Add($"<polygon class=\"{PartsBar.ColourOf(i)}\" points=\"{AreaOf(i)}\"/>\n");
        }

        html.Add($"<polyline class=\"all\" points=\"{LineOf(static moment => moment.All)}\" vector-effect=\"non-scaling-stroke\"/>\n</svg>\n");
        if (_scale.Limit <= _top)
        {
            string y = Svg.Percent(1 - (_scale.Limit.Value / _top));
            html.Add($"<line class=\"threshold\" x1=\"0\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/><text class=\"threshold\" x=\"6\" y=\"{y}\" dy=\"14\">{_scale.LimitName} {HumanText.Number(_scale.Limit.Value)}</text>\n");
        }

        string highest = Svg.Percent(1 - (most / _top));
        html.Add($"<text class=\"scale\" x=\"100%\" dx=\"-6\" y=\"{highest}\" dy=\"-4\" text-anchor=\"end\">at most {HumanText.Number(most)}</text>\n");
        WriteMoments(html, now);
        string above = _scale.Limit > _top ? $"The {_scale.LimitName}, {HumanText.Number(_scale.Limit.Value)}, is above this chart. " : "";
        html.Add($"</svg>\n<p class=\"axis\"><span>{span} ago</span> <span>now</span></p>\n");
        html.Add($"<p class=\"note\">{above}{(_programs.Count > 0 ? "The line is the machine, the areas are its programs. " : "")}Lowest number of each minute, before that of each ten minutes.</p>\n");
    }

    /// <summary>Strips over the whole chart, each with the numbers of its moment.</summary>
    private void WriteMoments(Html html, DateTimeOffset now)
    {
        int count = Math.Min(MostMoments, _moments.Count);
        double before = 0;
        for (int i = 0; i < count; i++)
        {
            int at = i * (_moments.Count - 1) / (count - 1);
            Moment moment = _moments[at];
            double end = i == count - 1 ? 1 : (X(moment) + X(_moments[(i + 1) * (_moments.Count - 1) / (count - 1)])) / 2 / Width;
            html.Add($"<rect class=\"moment\" x=\"{Svg.Percent(before)}\" width=\"{Svg.Percent(end - before)}\" height=\"100%\"><title>{(now - TimeSpan.FromMinutes(moment.MinutesAgo)).ToString("HH:mm 'UTC'", CultureInfo.InvariantCulture)}: {HumanText.Number(moment.All)} {_scale.What}");
            for (int program = 0; program < _programs.Count; program++)
            {
                if ((long)(moment.Until[program] - (program == 0 ? 0 : moment.Until[program - 1])) is > 0 and var handles)
                {
                    html.Add($"\n{Shortened(_programs[program].Program)} {HumanText.Number(handles)}");
                }
            }

            html.AddLiteral("</title></rect>\n");
            before = end;
        }
    }

    private static string Shortened(string name) => name.Length > LongestName ? $"{name[..LongestName]}\u2026" : name;

    private Moment MomentOf(Course course, int at, long all)
    {
        double[] until = new double[_programs.Count];
        double sum = 0;
        for (int i = 0; i < until.Length; i++)
        {
            sum += (course.Values[i + 1][at] ?? 0) * _programs[i].PerDescriptor;
            until[i] = sum;
        }

        for (int i = 0; sum > all && i < until.Length; i++)
        {
            until[i] *= all / sum;
        }

        return new Moment(course.MinutesAgo[at], all, until);
    }

    private string AreaOf(int program)
    {
        StringBuilder points = new(LineOf(moment => moment.Until[program]));
        for (int i = _moments.Count - 1; i >= 0; i--)
        {
            Append(points, _moments[i], program == 0 ? 0 : _moments[i].Until[program - 1]);
        }

        return points.ToString();
    }

    private string LineOf(Func<Moment, double> value)
    {
        StringBuilder points = new();
        foreach (Moment moment in _moments)
        {
            Append(points, moment, value(moment));
        }

        return points.ToString();
    }

    private void Append(StringBuilder points, Moment moment, double value)
        => points.Append(points.Length == 0 ? "" : " ").Append(Svg.At(X(moment))).Append(',').Append(Svg.At(Height - (value / _top * Height)));

    private double X(Moment moment) => _span == 0 ? 0 : (double)(_span - moment.MinutesAgo) / _span * Width;

    /// <param name="Until">The upper edge of each program's area.</param>
    private sealed record Moment(int MinutesAgo, long All, double[] Until);

    /// <param name="What">The unit.</param>
    /// <param name="LimitName">What the limit is called.</param>
    /// <param name="Limit">Null where there is none.</param>
    private sealed record Scale(string What, string LimitName, ulong? Limit);
}
