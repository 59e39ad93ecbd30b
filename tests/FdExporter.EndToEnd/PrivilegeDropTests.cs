using System.Text.Json;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The rights that the real binary keeps after its start, in each of its threads.</summary>
public sealed class PrivilegeDropTests : IAsyncLifetime
{
    private const ulong Both = ThreadRights.SysPtrace | ThreadRights.DacReadSearch;
    private const string StartedAgain = "FD_EXPORTER_STARTED_AGAIN=";

    private static readonly string[] s_asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

    private readonly PublicCopy _copy = new();

    public async ValueTask InitializeAsync() => await _copy.MakeAsync();

    public ValueTask DisposeAsync()
    {
        _copy.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(Both | ThreadRights.NetAdmin | ThreadRights.SysAdmin)]
    [InlineData(Both, "--no-collector.tcp")]
    [InlineData(Both | ThreadRights.NetAdmin | ThreadRights.SysAdmin, "--no-collector.socket_owner")]
    [InlineData(ThreadRights.SysPtrace | ThreadRights.NetAdmin | ThreadRights.SysAdmin, "--no-collector.process")]
    [InlineData(0, "--collector.disable-defaults", "--collector.system")]
    [InlineData(ThreadRights.NetBindService, "--collector.disable-defaults", "--collector.system", "--web.listen-address=127.0.0.1:81")]
    public async Task Root_KeepsWhatACollectorNeeds_InEachThreadAndSet(ulong kept, params string[] flags)
    {
        await using Exporter exporter = await Exporter.StartAsync(flags);
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(ThreadRights.Just(kept), ThreadRights.Of(exporter.Child.Pid));
        Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
        Assert.DoesNotContain("level=WARN", exporter.Child.Output, StringComparison.Ordinal);
        Assert.Matches("msg=Capabilities held=.* dropped=[1-9]", exporter.Child.Output);
    }

    [Fact]
    public async Task Root_AfterTheDrop_StillSeesEverything()
    {
        await using LeakLab lab = await LeakLab.StartAsAsync(s_asNobody[0], [.. s_asNobody[1..], CopyOf(LeakLab.Binary), "close-wait", "--count", "28", "--name", "of-nobody", "--hold-peer"]);
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(28, metrics[$"fd_close_wait_sockets{{group=\"of-nobody\",direction=\"outbound\",address=\"127.0.0.1:{lab.Port}\",cause=\"not_closed\"}}"]);
        Assert.True(metrics["fd_group_fds{group=\"of-nobody\",type=\"socket\"}"] >= 28);
    }

    [Fact]
    public async Task Flag_KeepsEverything()
    {
        await using Exporter exporter = await Exporter.StartAsync("--no-privileges.drop");
        string rights = ThreadRights.Of(exporter.Child.Pid);
        Assert.Contains(FormattableString.Invariant($" Prm={ThreadRights.Bounding:x} Eff={ThreadRights.Bounding:x} "), rights, StringComparison.Ordinal);
        Assert.EndsWith(" NoNewPrivs=0", rights, StringComparison.Ordinal);
        Assert.Contains(" dropped=0", exporter.Child.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_WithAnUnneededCapability_LosesIt()
    {
        await using Exporter exporter = await StartAsNobodyAsync("+sys_ptrace,+dac_read_search,+net_raw");

        // The user may not change the bounding set; but no process can gain anything from it any more.
        Assert.Equal(ThreadRights.Just(Both, isBounded: false), ThreadRights.Of(exporter.Child.Pid));
        Assert.Contains("held=\"CAP_DAC_READ_SEARCH CAP_SYS_PTRACE\" dropped=1", exporter.Child.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task User_WithExactlyTheNeededCapabilities_IsRestarted(bool hasNoNewPrivileges)
    {
        await using Exporter exporter = await StartAsNobodyAsync("+sys_ptrace,+dac_read_search", hasNoNewPrivileges ? "--no-new-privs" : "--reset-env");
        Assert.Equal(ThreadRights.Just(Both, isBounded: false), ThreadRights.Of(exporter.Child.Pid));
        Assert.Contains(StartedAgain, EnvironmentOf(exporter), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UserWithoutCapabilities_CanGainNone()
    {
        await using Exporter exporter = await Exporter.StartAsAsync(s_asNobody[0], [.. s_asNobody[1..], _copy.Binary]);
        Assert.Equal(ThreadRights.Just(0, isBounded: false), ThreadRights.Of(exporter.Child.Pid));
    }

    [Theory]
    [InlineData("cap_sys_ptrace,cap_dac_read_search+ep")]
    [InlineData("cap_sys_ptrace,cap_dac_read_search,cap_net_raw+ep")]
    public async Task ProgramWithCapabilitiesOfItsOwn_KeepsThoseItNeeds(string capabilities)
    {
        (int exitCode, _, string error) = await Child.RunAsync("setcap", null, capabilities, _copy.Binary);
        Assert.True(exitCode == 0, error);
        await using Exporter asNobody = await Exporter.StartAsAsync(s_asNobody[0], [.. s_asNobody[1..], _copy.Binary]);
        Assert.StartsWith(FormattableString.Invariant($"Inh={Both:x} Prm={Both:x} Eff={Both:x} "), ThreadRights.Of(asNobody.Child.Pid), StringComparison.Ordinal);
        Assert.Equal(0, (await asNobody.ScrapeAsync())["fd_exporter_processes{visibility=\"count_only\"}"]);
        await using Exporter asRoot = await Exporter.StartAsAsync(_copy.Binary);
        ulong kept = Both | ThreadRights.NetAdmin | ThreadRights.SysAdmin;
        Assert.StartsWith(FormattableString.Invariant($"Inh={kept:x} Prm={kept:x} Eff={kept:x} "), ThreadRights.Of(asRoot.Child.Pid), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RootOfAUserNamespace_KeepsWhatIsNeededOfIt()
    {
        await using Exporter exporter = await Exporter.StartAsAsync("unshare", "--user", "--map-root-user", _copy.Binary);
        Assert.Equal(ThreadRights.Just(Both | ThreadRights.NetAdmin | ThreadRights.SysAdmin), ThreadRights.Of(exporter.Child.Pid));
    }

    [Fact]
    public async Task StartedAgain_ItIsTheSameProcess()
    {
        string link = Path.Combine(_copy.Folder, "by another name");
        File.CreateSymbolicLink(link, _copy.Binary);
        string[] odd = ["--path.procfs", "/proc//", "--log.level=info"];
        await using Exporter exporter = await Exporter.StartAsAsync(
            "bash", "-c", "exec 9<\"$1\"; export NOTIFY_SOCKET=@here LISTEN_PID=$$ LISTEN_FDS=1; exec \"$@\"", "bash", link, odd[0], odd[1], odd[2]);
        string environment = EnvironmentOf(exporter);
        Assert.Contains($"{StartedAgain}{exporter.Child.Pid} ", environment, StringComparison.Ordinal);
        Assert.Contains($"\0NOTIFY_SOCKET=@here\0", environment, StringComparison.Ordinal);
        Assert.Contains($"\0LISTEN_PID={exporter.Child.Pid}\0", environment, StringComparison.Ordinal);
        Assert.Equal([link, .. odd, "--web.listen-address=127.0.0.1:0", "--limits.name-age=0s", ""], File.ReadAllText($"/proc/{exporter.Child.Pid}/cmdline").Split('\0'));
        Assert.Equal("by another name\n", File.ReadAllText($"/proc/{exporter.Child.Pid}/comm"));
        Assert.Contains((9, new FileInfo(_copy.Binary).FullName), exporter.Fds);
        Assert.Equal("", string.Join('\n', exporter.Child.Output.Split('\n').Where(static line => line.Contains("level=WARN", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task StartedAgain_HasNoDescriptorMore()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        await using Exporter kept = await Exporter.StartAsync("--no-privileges.drop");
        await exporter.ScrapeAsync();
        await kept.ScrapeAsync();

        // The just-in-time runtime of the first start leaves its debugger socket open, which the restarted one lacks.
        Assert.InRange(exporter.Fds.Length, kept.Fds.Length - 1, kept.Fds.Length);
    }

    [Fact]
    public async Task InheritedRestartMark_IsIgnored_AndAForgedOneCausesOnlyAWarning()
    {
        await using Exporter inherited = await Exporter.StartAsAsync("env", $"{StartedAgain}1 0 x", _copy.Binary);
        Assert.Equal(ThreadRights.Just(Both | ThreadRights.NetAdmin | ThreadRights.SysAdmin), ThreadRights.Of(inherited.Child.Pid));
        await using Exporter forged = await Exporter.StartAsAsync("sh", "-c", $"export {StartedAgain}\"$$ 0 x\"; exec \"$@\"", "sh", _copy.Binary);
        Assert.Contains("level=WARN msg=\"Capabilities that are not needed could not be dropped\" err=\"restored by the restart\"", forged.Child.Output, StringComparison.Ordinal);
        await forged.ScrapeAsync();
    }

    [Fact]
    public async Task ProcfsMountedElsewhere_LeadsToTheProgramToo()
    {
        string mount = Directory.CreateDirectory(Path.Combine(_copy.Folder, "host proc")).FullName;
        string binary = NativeBuild.Binary;
        await using Exporter exporter = await Exporter.StartAsAsync(
            "unshare", "--mount", "sh", "-c", "mount --bind /proc \"$0\" && mount -t tmpfs none /proc && exec \"$@\"", mount, binary, $"--path.procfs={mount}");
        Assert.Equal(ThreadRights.Just(Both | ThreadRights.NetAdmin | ThreadRights.SysAdmin), ThreadRights.Of(exporter.Child.Pid));
        Assert.DoesNotContain("level=WARN", exporter.Child.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoProcfs_OneWarning_AndItServes()
    {
        using FixtureHost host = new();
        string binary = NativeBuild.Binary;
        await using Exporter exporter = await Exporter.StartAsAsync(
            "unshare", "--mount", "sh", "-c", "mount -t tmpfs none /proc && exec \"$@\"", "sh", binary, $"--path.procfs={host.Root}");
        await CheckWarnedAsync(exporter, "cannot find this program's file");
    }

    [Fact]
    public async Task ProgramExecutableOnlyWithADroppedCapability_WarnsOnce_AndServes()
    {
        string folder = Path.GetDirectoryName(_copy.Binary)!;
        (int exitCode, _, string error) = await Child.RunAsync("sh", null, "-c", $"chown 65534 '{_copy.Binary}' && chmod 0700 '{_copy.Binary}'");
        Assert.True(exitCode == 0, folder + error);
        await using Exporter exporter = await Exporter.StartAsAsync(_copy.Binary);
        await CheckWarnedAsync(exporter, "execve /proc/self/exe: Permission denied: other threads keep them");
    }

    [Fact]
    public async Task FolderOfAnotherUser_IsNoPlaceForEvidence_AndCheckSaysWhatToDo()
    {
        string folder = Path.Combine(_copy.Folder, "evidence");
        (int exitCode, _, string error) = await Child.RunAsync("sh", null, "-c", $"mkdir -m 0700 '{folder}' && chown 65534 '{folder}'");
        Assert.True(exitCode == 0, error);
        (exitCode, string output, _) = await Child.RunAsync(Exporter.Binary, null, "check", "--json", "--web.listen-address=127.0.0.1:0", $"--evidence.directory={folder}");
        JsonElement evidence = JsonDocument.Parse(output).RootElement.GetProperty("checks").EnumerateArray().Single(static each => each.GetProperty("check").GetString() == "evidence");
        Assert.Equal((1, "blind"), (exitCode, evidence.GetProperty("status").GetString()));
        Assert.Contains("a directory that its user or root owns", evidence.GetProperty("advice").GetString(), StringComparison.Ordinal);
        await using Exporter exporter = await Exporter.StartAsync($"--evidence.directory={folder}");
        await exporter.Child.WaitForLineAsync("level=WARN");
        Assert.Contains(folder, exporter.Child.Output, StringComparison.Ordinal);
        await exporter.ScrapeAsync();
        (exitCode, _, _) = await Child.RunAsync(Exporter.Binary, null, "check", "--web.listen-address=127.0.0.1:0", "--no-privileges.drop", $"--evidence.directory={folder}");
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public async Task LongRunningVerb_DropsCapabilitiesAsWell()
    {
        await using Child watch = Child.Start(Exporter.Binary, "top", "--watch", "--interval=1h");
        await watch.WaitForLineAsync("PROGRAM");
        Assert.Equal(ThreadRights.Just(Both | ThreadRights.NetAdmin | ThreadRights.SysAdmin), ThreadRights.Of(watch.Pid));
    }

    [Fact]
    public async Task LibraryInTheProgramsFolder_IsNotLoaded()
    {
        string folder = Path.GetDirectoryName(_copy.Binary)!;
        const string source = "#include <stdio.h>\n__attribute__((constructor)) static void run(void) { fputs(\"planted\\n\", stderr); }\n";
        (int exitCode, _, string error) = await Child.RunAsync("gcc", source, "-shared", "-fPIC", "-x", "c", "-o", $"{folder}/libc.so", "-");
        Assert.True(exitCode == 0, error);
        File.Copy($"{folder}/libc.so", $"{folder}/libc");
        (exitCode, _, error) = await Child.RunAsync("env", null, $"--chdir={folder}", _copy.Binary, "top");
        Assert.Equal((0, ""), (exitCode, error));
    }

    private static async Task CheckWarnedAsync(Exporter exporter, string reason)
    {
        string warning = Assert.Single(exporter.Child.Output.Split('\n'), static line => line.Contains("level=WARN", StringComparison.Ordinal));
        Assert.Contains("msg=\"Capabilities that are not needed could not be dropped\" err=\"" + reason, warning, StringComparison.Ordinal);
        Assert.All((await exporter.ScrapeAsync()).Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
    }

    private static string EnvironmentOf(Exporter exporter) => "\0" + File.ReadAllText($"/proc/{exporter.Child.Pid}/environ");

    private Task<Exporter> StartAsNobodyAsync(string capabilities, params string[] options)
        => Exporter.StartAsAsync(s_asNobody[0], [.. s_asNobody[1..], $"--inh-caps={capabilities}", $"--ambient-caps={capabilities}", .. options, _copy.Binary]);

    private string CopyOf(string binary)
    {
        string target = Directory.CreateDirectory(Path.Combine(_copy.Folder, "lab")).FullName;
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(binary)!))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        return Path.Combine(target, Path.GetFileName(binary));
    }
}
