using System.Diagnostics;
using System.Globalization;

namespace FdExporter.Benchmarks.Fleet;

/// <summary>Two hours of samples of a few machines, as a Prometheus block created by promtool.</summary>
internal static class Block
{
    private const int Hosts = 4;
    private const int Seconds = 7200;

    /// <summary>Bytes on disk, index included, per sample.</summary>
    internal static async Task<double> BytesPerSampleAsync(RecordedHost recorded, int interval, string folder)
    {
        SimulatedHost[] hosts = [.. Enumerable.Range(100, Hosts).Select(number => new SimulatedHost(recorded, number))];
        string input = Path.Combine(folder, "samples.txt");
        long start = ((DateTimeOffset.UtcNow.ToUnixTimeSeconds() / Seconds) - 2) * Seconds;
        await using (StreamWriter writer = new(input))
        {
            for (int at = 0; at < Seconds; at += interval)
            {
                foreach (SimulatedHost host in hosts)
                {
                    await writer.WriteAsync(host.Answer(interval, start + at));
                }
            }

            await writer.WriteAsync("# EOF\n");
        }

        string blocks = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"blocks-{recorded.Kind.Name}-{interval}"));
        using Process promtool = Process.Start(new ProcessStartInfo("promtool", ["tsdb", "create-blocks-from", "openmetrics", input, blocks])
        {
            RedirectStandardOutput = true,
        })!;
        _ = await promtool.StandardOutput.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        File.Delete(input);
        if (promtool.ExitCode != 0)
        {
            throw new InvalidOperationException($"promtool: exit code {promtool.ExitCode}");
        }

        long bytes = new DirectoryInfo(blocks).EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length);
        return (double)bytes / ((long)Hosts * recorded.Series * (Seconds / interval));
    }
}
