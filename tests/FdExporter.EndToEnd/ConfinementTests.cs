using System.Text.Json;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>
/// The release serves everything with minimal rights: only the capabilities that it needs, no new ones, no memory both
/// writable and executable, a read-only root, and the system calls of an ordinary service. A just-in-time compiler could not
/// run there.
/// </summary>
public sealed class ConfinementTests(Confinement confinement) : IClassFixture<Confinement>, IAsyncLifetime
{
    private const string ReadOnly =
        "mount --make-rprivate / && for m in $(awk '$3 != \"proc\" && $3 != \"sysfs\" && $3 !~ /cgroup/ { print $2 }' /proc/self/mounts); "
        + "do mount -o remount,bind,ro \"$m\" || :; done; touch /tmp/x 2> /dev/null && exit 99; exec \"$@\"";

    private readonly PublicCopy _copy = new();

    public async ValueTask InitializeAsync() => await _copy.MakeAsync();

    public ValueTask DisposeAsync()
    {
        _copy.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("+sys_ptrace,+dac_read_search", "as text")]
    [InlineData("+sys_ptrace,+dac_read_search,+sys_admin", "by netlink")]
    public async Task User_WithTheNeededCapabilitiesAlone_ServesEverything(string capabilities, string otherNamespaces)
    {
        string[] confined = Confined("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", $"--inh-caps={capabilities}", $"--ambient-caps={capabilities}", "--bounding-set=-all," + capabilities);
        await CheckServesAsync(confined);
        await CheckSeesOtherNamespaceAsync(confined, otherNamespaces);
    }

    [Fact]
    public async Task Root_GivesUpTheRest_AndServesEverything()
    {
        string[] confined = Confined("env");
        await CheckServesAsync(confined);
        await CheckSeesOtherNamespaceAsync(confined, "by netlink");
    }

    [Fact]
    public async Task Tls_IsServedToo_ByALibraryThatIsLoadedThere()
    {
        (int exitCode, _, string error) = await Child.RunAsync(
            "openssl", null, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-keyout", $"{_copy.Folder}/server.key", "-out", $"{_copy.Folder}/server.crt");
        Assert.True(exitCode == 0, error);
        string file = Path.Combine(_copy.Folder, "web.yml");
        await File.WriteAllTextAsync(file, "tls_server_config: {cert_file: server.crt, key_file: server.key}\n");
        string[] confined = Confined("env");
        await using Exporter exporter = await Exporter.StartAsAsync(confined[0], [.. confined[1..], $"--web.config.file={file}"]);
        (exitCode, string metrics, error) = await Child.RunAsync("curl", null, "-sS", "--insecure", new Uri(exporter.Address, "/metrics").ToString());
        Assert.True(exitCode == 0, error);
        Assert.Equal("https", exporter.Address.Scheme);
        Assert.True(Metrics.Parse(metrics).Has("fd_system_handles_allocated"));
    }

    [Fact]
    public async Task DeniedCapabilityDrop_StillServes_AndWarnsOnce()
    {
        string binary = NativeBuild.Binary;
        await using Exporter exporter = await Exporter.StartAsAsync(confinement.Binary, "-capset", binary);
        string warning = Assert.Single(exporter.Child.Output.Split('\n'), static line => line.Contains("level=WARN", StringComparison.Ordinal));
        Assert.Contains("msg=\"Capabilities that are not needed could not be dropped\" err=\"capset to CAP_", warning, StringComparison.Ordinal);
        Assert.EndsWith(": Operation not permitted\"", warning, StringComparison.Ordinal);
        Assert.All((await exporter.ScrapeAsync()).Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
        (int exitCode, string output, _) = await Child.RunAsync(confinement.Binary, null, "-capset", binary, "check", "--web.listen-address=127.0.0.1:0", "--json");
        JsonElement item = JsonDocument.Parse(output).RootElement.GetProperty("checks").EnumerateArray().Single(static each => each.GetProperty("check").GetString() == "other_capabilities");
        Assert.Equal((0, "note", "filter"), (exitCode, item.GetProperty("status").GetString(), item.GetProperty("facts").GetProperty("seccomp").GetString()));
        Assert.Contains(" still held: capset to ", item.GetProperty("found").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unit_LetsThroughEachCallThatACollectorNeeds()
    {
        (int exitCode, string output, string error) = await ProbeAsync();
        Assert.True(exitCode == 0, error);
        Assert.Equal(
            "kcmp pidfd_open pidfd_getfd getsockopt getxattr statx poll inet_diag unix_diag netlink_diag packet_diag",
            string.Join(' ', output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(':')[0])));
        Assert.All(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), static line => Assert.EndsWith(": ok", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RefusedCall_FailsWithEperm_AndKillsNoProcess()
    {
        (int exitCode, string output, string error) = await ProbeAsync("-kcmp", "-pidfd_getfd", "-statx");
        Assert.True(exitCode == 0, error);
        foreach (string call in (string[])["kcmp", "pidfd_getfd", "statx"])
        {
            Assert.Contains($"{call}: Operation not permitted\n", output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("-kcmp", "-pidfd_getfd")]
    [InlineData("-kcmp", "-pidfd_open", "-pidfd_getfd", "-getxattr", "-setns", "-poll")]
    public async Task WithoutTheSystemCallsOfCollectors_StillServes(params string[] refused)
    {
        await using Exporter exporter = await Exporter.StartAsAsync(confinement.Binary, [.. refused, NativeBuild.Binary]);
        Assert.All((await exporter.ScrapeAsync()).Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
        Assert.DoesNotContain("level=ERROR", exporter.Child.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-prctl")]
    [InlineData("-capget")]
    [InlineData("-capget", "-capset", "-prctl")]
    public async Task WithoutTheSystemCallsToDropPrivileges_StillServes(params string[] refused)
    {
        await using Exporter exporter = await Exporter.StartAsAsync(confinement.Binary, [.. refused, NativeBuild.Binary]);
        Assert.Single(exporter.Child.Output.Split('\n'), static line => line.Contains("level=WARN", StringComparison.Ordinal));
        Assert.All((await exporter.ScrapeAsync()).Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
    }

    /// <summary>A program that makes each call on a socket of another user, as a user with the two capabilities of the unit.</summary>
    private async Task<(int ExitCode, string Output, string Error)> ProbeAsync(params string[] refused)
    {
        string probe = Path.Combine(_copy.Folder, "kernel-calls");
        string source = Path.Combine(FdExporter.Tests.Testing.Repository.Root, "tests", "FdExporter.EndToEnd", "Faults", "kernel-calls.c");
        (int exitCode, _, string error) = await Child.RunAsync("gcc", null, "-O1", "-Wall", "-Werror", "-o", probe, source);
        Assert.True(exitCode == 0, error);
        const string capabilities = "+sys_ptrace,+dac_read_search";
        await using Shell holder = await Shell.StartAsync("holder");
        using System.Net.Sockets.TcpListener listener = new(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        await holder.ConnectAsync(9, listener);
        return await Child.RunAsync(
            "setpriv", null, ["--reuid=65534", "--regid=65534", "--clear-groups", $"--inh-caps={capabilities}", $"--ambient-caps={capabilities}",
            $"--bounding-set=-all,{capabilities}", confinement.Binary, .. refused, probe, holder.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture), "9"]);
    }

    private string[] Confined(params string[] runAs)
        => ["unshare", "--mount", "sh", "-c", ReadOnly, "sh", .. runAs, confinement.Binary, NativeBinary];

    private string NativeBinary => NativeBuild.Binary.Length > 0 ? _copy.Binary : "";

    private async Task CheckServesAsync(string[] confined)
    {
        // A regular expression is interpreted.
        string rules = Path.Combine(_copy.Folder, "rules.yml");
        await File.WriteAllTextAsync(rules, "process_names: [{name: 'of-{{.Matches.user}}', cmdline: ['close-wait .*--name of-(?P<user>\\w+)']}]");
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "140", "--name", "of-root", "--hold-peer");
        await using Exporter exporter = await Exporter.StartAsAsync(confined[0], [.. confined[1..], $"--config.file={rules}"]);
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(140, metrics[$"fd_close_wait_sockets{{group=\"of-root\",direction=\"outbound\",address=\"127.0.0.1:{lab.Port}\",cause=\"not_closed\"}}"]);
        Assert.True(metrics["fd_group_fds{group=\"of-root\",type=\"socket\"}"] >= 140);
        Assert.Equal(1, metrics["fd_exporter_source_info{tcp=\"sock_diag\",fd_count=\"stat\"}"]);
        Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
        foreach (string path in (string[])["/", "/explain?format=json", $"/process/{lab.Child.Pid}", "/api/v1/host", $"/api/v1/processes/{lab.Child.Pid}", "/api/v1/close-wait"])
        {
            Assert.Contains("of-root", await exporter.GetAsync(path), StringComparison.Ordinal);
        }

        using HttpRequestMessage zipped = new(HttpMethod.Get, "/metrics");
        zipped.Headers.Add("Accept-Encoding", "gzip");
        using HttpResponseMessage response = await exporter.Client.SendAsync(zipped);
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        Assert.DoesNotContain("level=WARN", exporter.Child.Output, StringComparison.Ordinal);
        Assert.Contains("\nSeccomp:\t2\n", await File.ReadAllTextAsync($"/proc/{exporter.Child.Pid}/status"), StringComparison.Ordinal);
        exporter.Child.Terminate();
        Assert.Equal(0, await exporter.Child.WaitForExitAsync());
    }

    private static async Task CheckSeesOtherNamespaceAsync(string[] confined, string how)
    {
        await using LeakLab there = await LeakLab.StartAsAsync(
            "unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh", LeakLab.Binary, "close-wait", "--count", "3", "--hold-peer");
        (int exitCode, string output, string error) = await Child.RunAsync(confined[0], null, [.. confined[1..], "check", "--web.listen-address=127.0.0.1:0"]);
        Assert.True(exitCode == 0, output + error);
        Assert.Contains($"other network namespaces: 1 {how}\n", output, StringComparison.Ordinal);
        Assert.Matches(@"\nok     other_capabilities  .* dropped; no_new_privs on, seccomp filter\n", output);
    }
}
