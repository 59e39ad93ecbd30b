using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FdExporter.Benchmarks.SideBySide;

/// <summary>The program of lower-bound.c: the minimum of system calls for these numbers.</summary>
internal sealed partial class LowerBound(string program) : Contender(Title)
{
    internal const string Title = "lower bound (C)";

    internal override async Task<Measure> MeasureAsync(MeasurementPlan plan)
    {
        await Task.Delay(plan.After);
        using Process bound = Process.Start(new ProcessStartInfo(program, ["--repeat", Text(plan.Count), "--interval", Text(plan.Interval.TotalSeconds)])
        {
            RedirectStandardOutput = true,
        })!;
        string output = await bound.StandardOutput.ReadToEndAsync();
        await bound.WaitForExitAsync();
        return new Measure(Field(output, "mean_cpu_ms"), Field(output, "wall_ms"), null, null);
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static double Field(string output, string name)
        => Fields().Matches(output).Where(match => match.Groups[1].Value == name).Select(static match => double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)).Single();

    [GeneratedRegex("([a-z_]+)=([0-9.]+)")]
    private static partial Regex Fields();
}
