using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using FdExporter.Benchmarks.Fleet;
using FdExporter.Benchmarks.Soak;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.Benchmarks.Quiet;

/// <summary>
/// The command <c>quiet</c>: real servers under load, with reloads, restarts and rotations. The verdict, on a clock that runs
/// faster, and the rules, shortened by the same factor in a real Prometheus, must not report any of them.
/// </summary>
internal static class QuietCommand
{
    private const int PrometheusPort = 9090;

    // --minutes N --times N --folder FOLDER --exporter FILE, checked by the script.
    internal static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not ["--minutes", var minutesText, "--times", var timesText, "--folder", var folder, "--exporter", var program]
            || !int.TryParse(minutesText, NumberStyles.None, CultureInfo.InvariantCulture, out int minutes)
            || !int.TryParse(timesText, NumberStyles.None, CultureInfo.InvariantCulture, out int times))
        {
            await Console.Error.WriteLineAsync("usage: quiet --minutes N --times N --folder FOLDER --exporter FILE");
            return 2;
        }

        Directory.CreateDirectory(Path.Combine(folder, "files"));
        await File.WriteAllTextAsync(Path.Combine(folder, "files", "index.html"), Convert.ToHexString(RandomNumberGenerator.GetBytes(2000)));
        IReadOnlyList<QuietServer> servers = QuietServer.ReadAll();
        foreach (QuietServer server in servers)
        {
            Directory.CreateDirectory(Path.Combine(folder, server.Name));
            await server.StartAsync(folder);
        }

        using SoakedExporter exporter = await SoakedExporter.StartAsync(program.Length > 0 ? program : Repository.Exporter);
        using MeasuredPrometheus prometheus = await StartPrometheusAsync(folder, exporter, times);
        using Process load = Process.Start(new ProcessStartInfo("python3", [Path.Combine(QuietServer.Folder, "load.py")]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        QuietReport report = new(servers);
        using SteppedHost host = new();
        using PeriodicTimer timer = new(TimeSpan.FromMinutes(1) / times);
        for (int minute = 0; minute < minutes; minute++)
        {
            report.Add(minute, await host.ViewAsync(CancellationToken.None));
            foreach (QuietServer server in servers)
            {
                await server.ActAsync(folder, minute);
            }

            await timer.WaitForNextTickAsync();
            host.Advance(TimeSpan.FromMinutes(1));
        }

        await Task.WhenAll(servers.Select(static server => server.StandStillAsync()));
        foreach (IReadOnlyDictionary<string, string> labels in await prometheus.SeriesAsync("""count_over_time(ALERTS{alertstate="firing"}[1d])"""))
        {
            report.AddAlert(labels);
        }

        double shown = await prometheus.QueryAsync("count(count by (group) (count_over_time(fd_group_open_fds[1d])))");
        load.StandardInput.Close();
        string said = (await load.StandardOutput.ReadToEndAsync()).Trim();
        await load.WaitForExitAsync();
        Console.Write(report.Table());
        Console.WriteLine(FormattableString.Invariant($"{minutes} minutes, {times} times as fast; load (answers, failures): {said}; programs in Prometheus: {shown}"));
        foreach (IReadOnlyDictionary<string, string> labels in await prometheus.SeriesAsync("""count_over_time(ALERTS{alertstate="pending"}[1d])"""))
        {
            Console.WriteLine($"pending alert: {string.Join(' ', labels.Select(static label => $"{label.Key}={label.Value}"))}");
        }

        return report.IsQuiet && shown > servers.Count ? 0 : 1;
    }

    private static Task<MeasuredPrometheus> StartPrometheusAsync(string folder, SoakedExporter exporter, int times)
    {
        ShortenedRules.WriteRules(folder, times);
        string interval = FormattableString.Invariant($"{60_000 / times}ms");
        File.WriteAllText(
            Path.Combine(folder, "prometheus.yml"),
            $$"""
            global: {scrape_interval: {{interval}}, scrape_timeout: {{interval}}, evaluation_interval: {{interval}}}
            rule_files: [fd-exporter.rules.yml]
            scrape_configs:
              - job_name: fd-exporter
                static_configs: [{targets: ['{{exporter.Prometheus.BaseAddress!.Authority}}']}]
            """);
        return MeasuredPrometheus.StartAsync(folder, PrometheusPort);
    }
}
