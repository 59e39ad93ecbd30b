using System.Diagnostics;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd.Attacks;

/// <summary>The exporter's own files on a disk that no longer responds.</summary>
public sealed class DeadDiskTests
{
    private const string Users = "basic_auth_users:\n  prometheus: " + SecuredExporter.SecretHash + "\n";
    private const string Rules = "process_names: [{name: 'all', cmdline: ['.+']}]\n";

    private static readonly string[] s_password = ["--user", "prometheus:secret"];

    [Fact]
    public async Task ConfigurationRulesAndEvidence_OnADeadDisk_CostAFewSecondsOnce_AndNothingElse()
    {
        await using SecuredExporter exporter = new();
        string folder = Directory.CreateDirectory(exporter.Own.PathOf("disk")).FullName;
        string evidence = Directory.CreateDirectory(exporter.Own.PathOf("evidence")).FullName;
        string web = Path.Combine(folder, "web.yml");
        string rules = Path.Combine(folder, "rules.yml");
        using (DeadDisk disk = DeadDisk.Alive(folder, ("web.yml", Users), ("rules.yml", Rules)))
        {
            await exporter.StartOnAsync(web, $"--config.file={rules}", $"--evidence.directory={evidence}", "--web.enable-lifecycle");
            Assert.Equal(200, await exporter.StatusAsync("/-/reload", [.. s_password, "--request", "POST"]));
            using DeadDisk another = DeadDisk.Over(evidence);
            disk.Die();

            // Scanned at most once a second.
            await Task.Delay(TimeSpan.FromSeconds(1));
            await using Child atLimit = Child.Start("prlimit", "--nofile=20:20", "bash", "-c", "for i in {3..18}; do eval \"exec $i</dev/null\"; done; exec sleep 1000");
            Task<(long Milliseconds, int Status)>[] first = [TimedAsync(exporter, "/metrics"), TimedAsync(exporter, "/-/reload", "--request", "POST")];
            (long Milliseconds, int Status)[] answers = await Task.WhenAll(first);
            Assert.Equal([200, 500], answers.Select(static answer => answer.Status));
            Assert.All(answers, static answer => Assert.InRange(answer.Milliseconds, 0, 8000));

            // What does not respond is not tried again until it does.
            Assert.InRange((await TimedAsync(exporter, "/-/reload", "--request", "POST")).Milliseconds, 0, 2000);
            Assert.InRange((await TimedAsync(exporter, "/-/healthy")).Milliseconds, 0, 2000);
            Assert.Equal(401, await exporter.StatusAsync("/metrics"));
            Stopwatch asked = Stopwatch.StartNew();
            Assert.Equal((0, "", ""), await Child.RunAsync(
                Exporter.Binary, null, "healthcheck", $"--web.listen-address={new Uri(exporter.Address).Authority}", $"--web.config.file={web}"));
            Assert.InRange(asked.ElapsedMilliseconds, 0, 3500);
            await Eventually.TrueAsync(
                async () => (await exporter.ScrapeAsync(s_password))["fd_exporter_evidence_failures_total"] > 0, () => exporter.Child.Output);
            Metrics metrics = await exporter.ScrapeAsync(s_password);
            Assert.Equal(
                (0, 0), (metrics["fd_exporter_web_config_last_reload_successful"], metrics["fd_exporter_config_last_reload_successful"]));
            Assert.True(metrics.Has("fd_group_processes{group=\"all\"}"));
        }

        // The folder itself again, no longer a disk.
        await File.WriteAllTextAsync(web, Users);
        await File.WriteAllTextAsync(rules, Rules);
        await Eventually.TrueAsync(async () => await exporter.StatusAsync("/-/reload", [.. s_password, "--request", "POST"]) == 200, () => exporter.Child.Output);
        await Eventually.TrueAsync(
            async () => (await exporter.ScrapeAsync(s_password))["fd_exporter_web_config_last_reload_successful"] == 1, () => exporter.Child.Output);
        foreach (string complaint in (string[])["Web configuration not reloaded", "Evidence cannot be written"])
        {
            Assert.Contains("no answer within 3 s", Assert.Single(exporter.Child.Output.Split('\n'), line => line.Contains(complaint, StringComparison.Ordinal)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task StartAndVerbs_WithFilesOnADeadDisk_EndWithOneLine()
    {
        string folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        try
        {
            using DeadDisk dead = DeadDisk.Over(folder);

            // The kernel asks once per name and folder, and blocks all other callers in a way that not even SIGKILL ends.
            string[] files = [.. Enumerable.Range(0, 4).Select(i => Path.Combine(folder, FormattableString.Invariant($"{i}.yml")))];
            (int ExitCode, string Output, string Error)[] ends = await Task.WhenAll(
                Child.RunAsync(Exporter.Binary, null, $"--web.config.file={files[0]}", "--log.level=warn", "--web.listen-address=127.0.0.1:0"),
                Child.RunAsync(Exporter.Binary, null, $"--config.file={files[1]}", "--log.level=warn", "--web.listen-address=127.0.0.1:0"),
                Child.RunAsync(Exporter.Binary, null, "top", $"--config.file={files[2]}"),
                Child.RunAsync(Exporter.Binary, null, "check", "--web.listen-address=127.0.0.1:0", $"--web.config.file={files[3]}", $"--evidence.directory={folder}"));
            Assert.All(ends, static end => Assert.Equal(1, end.ExitCode));
            Assert.All(ends[..3].Zip(files), static end => Assert.Contains(
                $"{end.Second}: cannot be read: no answer within 3 s", Assert.Single(end.First.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal));
            Assert.Equal(2, ends[3].Output.Replace("\n", " ", StringComparison.Ordinal).Replace("  ", " ", StringComparison.Ordinal).Split("no answer").Length - 1);
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    private static async Task<(long Milliseconds, int Status)> TimedAsync(SecuredExporter exporter, string path, params string[] arguments)
    {
        Stopwatch asked = Stopwatch.StartNew();
        int status = await exporter.StatusAsync(path, [.. arguments, .. s_password, "--max-time", "30"]);
        return (asked.ElapsedMilliseconds, status);
    }
}
