using System.Diagnostics;
using System.Globalization;

namespace FdExporter.Benchmarks.SideBySide;

/// <summary>A command, with every process that its shell starts; measured once per turn, since it keeps no state between runs.</summary>
internal sealed class CommandContender(string name, string command) : Contender(name)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(5);

    internal override async Task<Measure> MeasureAsync(MeasurementPlan plan)
    {
        using Process bash = Process.Start(new ProcessStartInfo("bash", ["-c", $"TIMEFORMAT='%R %U %S'; time {{ {{ {command}; }} > /dev/null 2>&1; }}"])
        {
            RedirectStandardError = true,
        })!;
        string times = await bash.StandardError.ReadToEndAsync();
        await bash.WaitForExitAsync().WaitAsync(s_timeout);
        double[] seconds = [.. times.Trim().Split(' ').Select(static each => double.Parse(each, CultureInfo.InvariantCulture))];
        return new Measure((seconds[1] + seconds[2]) * 1000, seconds[0] * 1000, null, null);
    }
}
