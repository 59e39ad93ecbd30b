using System.Net;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd.Attacks;

/// <summary>Files placed where the exporter reads and writes.</summary>
public sealed class FilesAttackTests : IDisposable
{
    private const string Nobody = "65534";

    /// <summary>Nineteen descriptors; the twentieth is needed to start a program.</summary>
    private const string AtLimit = "for i in {3..18}; do eval \"exec $i</dev/null\"; done; exec \"$0\" 1000";

    private const string Before = "process_names: [{name: 'before', cmdline: ['.+']}]\n";
    private const string After = "process_names: [{name: 'after', cmdline: ['.+']}]\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    private string Rules => Path.Combine(_folder, "rules.yml");

    private string Evidence => Path.Combine(_folder, "evidence");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task RulesInAFifo_DoNotBlockAReload()
    {
        await File.WriteAllTextAsync(Rules, Before);
        await using Exporter exporter = await Exporter.StartAsync($"--config.file={Rules}", "--web.enable-lifecycle");
        File.Delete(Rules);
        KernelFifo.Make(Rules);
        for (int reload = 0; reload < 3; reload++)
        {
            Assert.Equal((HttpStatusCode.InternalServerError, $"{Rules}: cannot be read: is a FIFO, not a regular file\n"), await ReloadAsync(exporter));
        }

        Assert.True((await exporter.ScrapeAsync()).Has("fd_group_processes{group=\"before\"}"));
        File.Delete(Rules);
        await File.WriteAllTextAsync(Rules, After);
        Assert.Equal(HttpStatusCode.OK, (await ReloadAsync(exporter)).Status);
        Assert.True((await exporter.ScrapeAsync()).Has("fd_group_processes{group=\"after\"}"));
    }

    /// <summary>Each under its own name, at its limit, ended and restarted: all critical.</summary>
    [Fact]
    public async Task DecoysOfOneUser_DisplaceNoOtherEvidence()
    {
        await using Exporter exporter = await Exporter.StartAsync($"--evidence.directory={Evidence}", "--evidence.max-files=8", "--verdict.system-handles=2000000000");
        await using LeakLab culprit = await LeakLab.StartAsAsync("prlimit", "--nofile=1000:1000", LeakLab.Binary, "fds", "--type", "device", "--count", "840", "--name", "culprit");
        await Eventually.TrueAsync(async () => (await exporter.ScrapeAsync()) is not null && FilesOf("culprit").Length == 1, () => exporter.Child.Output);
        string programs = Directory.CreateDirectory(Path.Combine(_folder, "programs")).FullName;
        File.SetUnixFileMode(_folder, (UnixFileMode)0x1ed);
        for (int round = 0; round < 6; round++)
        {
            List<Child> decoys = [];
            for (int i = 0; i < 5; i++)
            {
                string decoy = Path.Combine(programs, FormattableString.Invariant($"decoy{round}x{i}"));
                File.Copy("/bin/sleep", decoy);
                decoys.Add(Child.Start(
                    "setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "prlimit", "--nofile=20:20", "bash", "-c", AtLimit, decoy));
            }

            // At its limit it has become the decoy.
            await Eventually.TrueAsync(
                () => Task.FromResult(decoys.TrueForAll(static each => File.ReadAllText($"/proc/{each.Pid}/comm").StartsWith("decoy", StringComparison.Ordinal))),
                static () => "a decoy is not at its limit");
            await exporter.ScrapeAsync();
            await exporter.GetAsync("/explain");
            foreach (Child decoy in decoys)
            {
                await decoy.DisposeAsync();
            }
        }

        await Eventually.TrueAsync(async () => (await exporter.ScrapeAsync())["fd_exporter_evidence_left_out_total{reason=\"share\"}"] >= 10, () => exporter.Child.Output);
        Assert.Single(FilesOf("culprit"));

        // Processes that had exited before they were inspected have no evidence.
        Assert.InRange(Directory.GetFiles(Evidence).Length - 1, 0, 5);
        await exporter.Child.WaitForLineAsync("msg=\"Evidence postponed: the share for this hour is used up\" of=\"user nobody\"");
    }

    private string[] FilesOf(string program) => Directory.Exists(Evidence) ? Directory.GetFiles(Evidence, $"fd-evidence-*-{program}-*.json") : [];

    private static async Task<(HttpStatusCode Status, string Body)> ReloadAsync(Exporter exporter)
    {
        using HttpResponseMessage response = await exporter.Client.PostAsync("/-/reload", null).WaitAsync(TimeSpan.FromSeconds(10));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
