using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The verdict, the metrics, the log and the check agree on a machine of which only a part is visible.</summary>
public sealed class PartialViewTests(HandleFaults handles) : IClassFixture<HandleFaults>, IAsyncLifetime
{
    private const string Nobody = "65534";
    private const string ManyHandles = "--verdict.system-handles=1";

    private static readonly string[] s_guest = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];

    private readonly PublicCopy _copy = new();

    public async ValueTask InitializeAsync() => await _copy.MakeAsync();

    public ValueTask DisposeAsync()
    {
        _copy.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Guest_IsReported_AndNoProgramIsNamedForTheMachinesHandles()
    {
        string explain = await ExplainAsync([.. s_guest, Exporter.Binary], ManyHandles);
        Assert.Contains("NOTE: ", explain, StringComparison.Ordinal);
        Assert.Contains("the exporter sees only the processes of its pid namespace (a container or guest)", explain, StringComparison.Ordinal);
        Assert.DoesNotContain("(pid", explain, StringComparison.Ordinal);

        // unshare stays its parent: the pid known here is unshare's.
        await using Exporter exporter = await Exporter.StartAsAsync(s_guest[0], [.. s_guest[1..], Exporter.Binary]);
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(1, metrics["fd_exporter_view_partial{reason=\"pid_namespace\"}"]);
        Assert.Equal(0, metrics["fd_exporter_view_partial{reason=\"hidden_processes\"}"]);
        (_, string check, _) = await Child.RunAsync(s_guest[0], null, [.. s_guest[1..], Exporter.Binary, "check", "--web.listen-address=127.0.0.1:0"]);
        Assert.Contains("note   pid_namespace       that of a container or guest, not the host's", check, StringComparison.Ordinal);
        Assert.DoesNotContain("Everything can be read", check, StringComparison.Ordinal);
    }

    /// <summary>As in a container with the host's /proc: that procfs shows its own pid namespace, not the exporter's.</summary>
    [Fact]
    public async Task ContainerWithTheProcfsOfItsHost_IsNoGuest()
    {
        string mount = Directory.CreateDirectory(Path.Combine(_copy.Folder, "host", "proc")).FullName;
        await using Exporter exporter = await Exporter.StartAsAsync(
            "unshare", "--pid", "--fork", "--kill-child", "--mount", "sh", "-c",
            "mount --bind /proc \"$0\" && mount -t proc proc /proc && exec \"$@\"", mount, Exporter.Binary, $"--path.procfs={mount}");
        Metrics metrics = await exporter.ScrapeAsync();

        // These tests may run in their own namespace; then the procfs shows that one.
        bool isHost = File.Exists("/proc/2/stat") && File.ReadAllText("/proc/2/stat").Contains("(kthreadd)", StringComparison.Ordinal);
        Assert.Equal(isHost ? 0 : 1, metrics["fd_exporter_view_partial{reason=\"pid_namespace\"}"]);
        Assert.True(metrics["fd_exporter_processes{visibility=\"full\"}"] >= 2);
    }

    [Fact]
    public async Task HiddenProcesses_AreReported_AndNoProgramIsNamedForTheHandles()
    {
        string mount = Directory.CreateDirectory(Path.Combine(_copy.Folder, "hidden")).FullName;
        string explain = await ExplainAsync(
            [
                "unshare", "--mount", "sh", "-c", "mount -t proc -o hidepid=2 proc \"$0\" && exec \"$@\"", mount,
                "setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", _copy.Binary,
            ],
            ManyHandles, $"--path.procfs={mount}");
        Assert.Contains("Other users' processes are hidden (hidepid)", explain, StringComparison.Ordinal);
        Assert.DoesNotContain("(pid", explain, StringComparison.Ordinal);
        Assert.Contains("Grant CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH", explain, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UserNamespace_IsAdvisedNoRightThatItHolds_ByVerdictAndLog()
    {
        // Processes of another user, who is not mapped there; more than a fifth of all.
        await using Child others = Child.Start(
            "setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "bash", "-c", "trap 'kill $(jobs -p)' EXIT; for i in {1..60}; do sleep 300 > /dev/null 2>&1 & done; echo started; read end");
        await others.WaitForLineAsync("started");
        string[] confined = ["unshare", "--user", "--map-root-user", Exporter.Binary];
        string explain = await ExplainAsync(confined);
        Assert.Contains("is denied: the sockets that they hold", explain, StringComparison.Ordinal);
        Assert.Contains("Run the exporter outside of a user namespace", explain, StringComparison.Ordinal);
        Assert.DoesNotContain("Grant", explain, StringComparison.Ordinal);
        await using Exporter exporter = await Exporter.StartAsAsync(confined[0], confined[1..]);
        await exporter.ScrapeAsync();
        await exporter.Child.WaitForLineAsync("capabilities held in a user namespace have no effect outside it");
        Assert.DoesNotContain("grant=", exporter.Child.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Zombies_HideNothing_AndTheirParentIsNamed()
    {
        await using Child parent = await handles.StartAsync("zombies", "162");
        await using Exporter asRoot = await Exporter.StartAsync();
        await using Exporter asNobody = await Exporter.StartAsAsync("setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", _copy.Binary);
        Assert.True((await asNobody.ScrapeAsync())["fd_exporter_processes{visibility=\"full\"}"] >= 162);
        Metrics metrics = await asRoot.ScrapeAsync();
        Assert.Equal(0, metrics["fd_exporter_processes{visibility=\"none\"}"]);
        Assert.True(metrics["fd_exporter_processes{visibility=\"full\"}"] >= 162);
        string explain = (await asRoot.GetAsync("/explain")).ReplaceLineEndings(" ");
        Assert.Contains($"handles (pid {parent.Pid}) has 162 unreaped children (zombies)", explain, StringComparison.Ordinal);
        Assert.DoesNotContain("CAP_SYS_PTRACE", explain, StringComparison.Ordinal);
    }

    private static async Task<string> ExplainAsync(string[] command, params IEnumerable<string> flags)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(command[0], null, [.. command[1..], "explain", .. flags]);
        Assert.Equal((0, ""), (exitCode, error));
        return output.ReplaceLineEndings(" ").Replace("   ", " ", StringComparison.Ordinal);
    }
}
