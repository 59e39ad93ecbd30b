using System.Text.Json;
using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The verb <c>check</c> of the real binary, with real users, capabilities, mounts and ports.</summary>
public sealed partial class CheckTests : IAsyncLifetime
{
    private const string AnyPort = "--web.listen-address=127.0.0.1:0";
    private const string Grant = "Grant CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH: this shows owners of sockets";

    private static readonly string[] s_asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

    private readonly PublicCopy _copy = new();

    public async ValueTask InitializeAsync() => await _copy.MakeAsync();

    public ValueTask DisposeAsync()
    {
        _copy.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json", "--json")]
    public async Task Check_OfTheCapturedHost(string format, params string[] flags)
    {
        using FixtureHost host = new();
        Directory.CreateDirectory(host.PathOf("log/pods/shop_payment-0_2f9c1a34-5b6d-4e7f-8a90-b1c2d3e4f506/app"));
        Directory.CreateDirectory(host.PathOf("log/containers"));

        // Other capabilities of this machine are not counted among the dropped ones.
        (int exitCode, string output, string error) = await Child.RunAsync(
            "env", null,
            [
                $"--chdir={host.Root}", "setpriv", "--bounding-set=-all,+chown,+dac_override,+setpcap,+net_bind_service,+dac_read_search,+sys_ptrace,+sys_admin",
                Exporter.Binary, "check", "--path.procfs=.", "--path.podlogs=log/pods", AnyPort, .. flags,
            ]);
        Assert.Equal((0, ""), (exitCode, error));
        Golden.Verify(Seccomp().Replace(output, "$1SCRUBBED"), format);
    }

    [Fact]
    public async Task Root_SeesAndServesEverything()
    {
        Checked found = await CheckAsync(0, Exporter.Binary, "check", AnyPort);
        Assert.All(found.Items, static item => Assert.Contains(item.GetProperty("status").GetString(), (string[])["ok", "note"]));
        Assert.All((string[])["kernel", "user", "CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH", "CAP_SYS_ADMIN", "procfs", "file_handles", "tcp", "rules", "listen"], check => Assert.Equal("ok", found.Status(check)));
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/osrelease").TrimEnd(), found.Fact("kernel", "release").GetString());
        Assert.Equal("stat", found.Fact("kernel", "fd_count").GetString());
        Assert.Equal("off", found.Fact("procfs", "hidepid").GetString());
        Assert.Equal("sock_diag", found.Fact("tcp", "source").GetString());
        Assert.True(found.Fact("processes", "full").GetInt32() >= 2);
        Assert.Equal(IsHostsPidNamespace(), found.Fact("pid_namespace", "is_host").GetBoolean());
        (_, string text, _) = await Child.RunAsync(Exporter.Binary, null, "check", AnyPort);

        // On a machine where a sandboxed process denies root access, or in a container, not everything is seen.
        bool isEverything = IsHostsPidNamespace() && found.Status("processes") == "ok" && found.Status("socket_owners") == "ok";
        Assert.Contains(isEverything ? "\nEverything can be read and served.\n" : "\nThe exporter can start; the notes list what it cannot read.\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ok", "36 dropped; no_new_privs on, seccomp ")]
    [InlineData("note", "36 kept; no_new_privs off, seccomp ", "--no-privileges.drop")]
    public async Task Check_AsRoot_ReportsWhatTheServerKeeps(string status, string found, params string[] flags)
    {
        Checked items = await CheckAsync(0, [Exporter.Binary, "check", AnyPort, .. flags]);
        string[] before = [.. NamesIn(items.Fact("other_capabilities", "kept")), .. NamesIn(items.Fact("other_capabilities", "given_up"))];
        Assert.Equal(System.Numerics.BitOperations.PopCount(ThreadRights.Bounding), before.Length);
        Assert.Equal(status, items.Status("other_capabilities"));
        Assert.StartsWith(found.Replace("36", $"{before.Length - 4}", StringComparison.Ordinal), items["other_capabilities"].GetProperty("found").GetString(), StringComparison.Ordinal);
        Assert.Equal(status == "ok" ? ["CAP_DAC_READ_SEARCH", "CAP_NET_ADMIN", "CAP_SYS_PTRACE", "CAP_SYS_ADMIN"] : before, NamesIn(items.Fact("other_capabilities", "kept")));
    }

    [Fact]
    public async Task Capability_ThatNoCollectorNeeds_IsGivenUp_AndNotMissed()
    {
        Checked asRoot = await CheckAsync(0, Exporter.Binary, "check", AnyPort, "--no-collector.tcp");
        Assert.Equal(("ok", "dropped: not needed by these flags"), (asRoot.Status("CAP_SYS_ADMIN"), asRoot["CAP_SYS_ADMIN"].GetProperty("found").GetString()));
        Checked asNobody = await CheckAsync(0, [.. s_asNobody, _copy.Binary, "check", AnyPort, "--collector.disable-defaults", "--collector.system"]);
        Assert.Equal(("ok", "not held, not needed by these flags"), (asNobody.Status("CAP_SYS_PTRACE"), asNobody["CAP_SYS_PTRACE"].GetProperty("found").GetString()));
        Checked hidden = await CheckMountAsync(0, "hidepid=2", [.. s_asNobody, _copy.Binary], "--collector.disable-defaults", "--collector.system");
        Assert.EndsWith("hides other users' processes, which no collector reads", hidden["procfs"].GetProperty("found").GetString(), StringComparison.Ordinal);
    }

    private static string[] NamesIn(JsonElement list) => [.. list.EnumerateArray().Select(static each => each.GetString()!)];

    [Fact]
    public async Task UserNobody_GetsTheMissingCapabilities_In80Columns()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "28", "--name", "of-root", "--hold-peer");
        (int exitCode, string text, _) = await Child.RunAsync(s_asNobody[0], null, [.. s_asNobody[1..], _copy.Binary, "check", AnyPort]);
        Assert.Equal(1, exitCode);
        Assert.Contains("\nnote   CAP_SYS_PTRACE      not held\n", text, StringComparison.Ordinal);
        Assert.Matches(@"\nblind  processes           1 full, \d+ count_only, 0 none\n", text);
        Assert.Contains("\nThe exporter can start, but cannot read everything.\n\nCAP_SYS_PTRACE, CAP_DAC_READ_SEARCH, processes, socket_owners:\n  " + Grant, text, StringComparison.Ordinal);
        Assert.Contains("\n  systemd: AmbientCapabilities=CAP_SYS_PTRACE CAP_DAC_READ_SEARCH\n", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), static line => Assert.True(line.Length <= 80, line));
        Checked found = await CheckAsync(1, [.. s_asNobody, _copy.Binary, "check", AnyPort]);
        Assert.Equal("nobody", found.Fact("user", "user").GetString());
        Assert.True(found.Fact("socket_owners", "without_owner").GetInt64() >= 28);
        Assert.Equal("ok", found.Status("tcp"));
    }

    [Theory]
    [InlineData("+sys_ptrace", 1, "Grant CAP_DAC_READ_SEARCH too (both are needed): ")]
    [InlineData("+dac_read_search", 1, "Grant CAP_SYS_PTRACE too (both are needed): ")]
    [InlineData("+sys_ptrace,+dac_read_search", 0, "Optional: with it ")]
    public async Task UserNobody_WithOneCapability_GetsTheMissingOne(string capabilities, int exitCode, string advice)
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "28", "--name", "of-root", "--hold-peer");
        Checked found = await CheckAsync(exitCode, [.. s_asNobody, $"--inh-caps={capabilities}", $"--ambient-caps={capabilities}", _copy.Binary, "check", AnyPort]);
        Assert.Contains(found.Items, item => item.GetProperty("advice").GetString()!.StartsWith(advice, StringComparison.Ordinal));
        Assert.Equal(exitCode == 0, found.Status("processes") != "blind");
        Assert.Equal(exitCode == 0, found.Status("socket_owners") != "blind");
        Assert.Equal("note", found.Status("CAP_SYS_ADMIN"));
    }

    [Fact]
    public async Task RootOfAUserNamespace_LearnsThatItsCapabilitiesHaveNoEffect()
    {
        await using LeakLab lab = await LeakLab.StartAsAsync(s_asNobody[0], [.. s_asNobody[1..], CopyOf(LeakLab.Binary), "close-wait", "--count", "28", "--hold-peer"]);
        Checked found = await CheckAsync(1, "unshare", "--user", "--map-root-user", Exporter.Binary, "check", AnyPort);
        Assert.DoesNotContain(found.Items, static item => item.GetProperty("advice").GetString()!.StartsWith("Grant", StringComparison.Ordinal));
        Assert.Equal(("note", "ok", "blind", "blind"), (found.Status("user"), found.Status("CAP_SYS_PTRACE"), found.Status("processes"), found.Status("socket_owners")));
        Assert.StartsWith("Run the exporter outside of a user namespace", found["processes"].GetProperty("advice").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hidepid=1", "noaccess")]
    [InlineData("hidepid=2", "invisible")]
    [InlineData("hidepid=4", "ptraceable")]
    public async Task Hidepid_HidesProcessesFromUserNobody_AndNotWithCapSysPtrace(string option, string hidepid)
    {
        Checked hidden = await CheckMountAsync(1, option, [.. s_asNobody, _copy.Binary]);
        Assert.Equal(("blind", hidepid), (hidden.Status("procfs"), hidden.Fact("procfs", "hidepid").GetString()));
        Assert.EndsWith($"hides other users' processes (hidepid={hidepid})", hidden["procfs"].GetProperty("found").GetString(), StringComparison.Ordinal);
        Assert.StartsWith(Grant, hidden["procfs"].GetProperty("advice").GetString(), StringComparison.Ordinal);

        // The exporter's own link identifies its namespace, whatever is hidden.
        Assert.Equal(IsHostsPidNamespace(), hidden.Fact("pid_namespace", "is_host").GetBoolean());
        Checked seen = await CheckMountAsync(0, option, [_copy.Binary]);
        Assert.Equal("ok", seen.Status("procfs"));
        Assert.EndsWith($"all processes visible to this user (hidepid={hidepid})", seen["procfs"].GetProperty("found").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hidepid_DoesNotHideFromItsGroup()
        => Assert.Equal("ok", (await CheckMountAsync(1, "hidepid=2,gid=65534", [.. s_asNobody, _copy.Binary])).Status("procfs"));

    [Fact]
    public async Task ProcfsOfPidsOnly_IsBlind()
    {
        Checked found = await CheckMountAsync(1, "subset=pid", [_copy.Binary]);
        Assert.Equal(("blind", "blind"), (found.Status("procfs"), found.Status("file_handles")));
        Assert.StartsWith("collector system fails: ", found["file_handles"].GetProperty("found").GetString(), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/osrelease").TrimEnd(), found.Fact("kernel", "release").GetString());
    }

    [Fact]
    public async Task OtherNetworkNamespaces_AreCountedBySource()
    {
        await using LeakLab there = await LeakLab.StartAsAsync(
            "unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh", LeakLab.Binary, "close-wait", "--count", "3", "--hold-peer");
        Assert.Equal("by sock_diag; other network namespaces: 1 by netlink", (await CheckAsync(0, Exporter.Binary, "check", AnyPort))["tcp"].GetProperty("found").GetString());
        Assert.Equal("by sock_diag; other network namespaces: 1 as text", (await CheckAsync(1, [.. s_asNobody, _copy.Binary, "check", AnyPort]))["tcp"].GetProperty("found").GetString());
    }

    [Fact]
    public async Task PortThatIsTaken_FailsAndNamesTheAddress()
    {
        await using Exporter running = await Exporter.StartAsync();
        string address = $"127.0.0.1:{running.Address.Port}";
        Checked found = await CheckAsync(1, Exporter.Binary, "check", $"--web.listen-address={address}");
        Assert.Equal(("fail", $"{address}: address already in use"), (found.Status("listen"), found["listen"].GetProperty("found").GetString()));
        Assert.Contains($"ss -ltnp 'sport = :{running.Address.Port}'", found["listen"].GetProperty("advice").GetString(), StringComparison.Ordinal);
        Assert.Equal("fail", (await CheckAsync(1, Exporter.Binary, "check", $"--web.listen-address=:{running.Address.Port}")).Status("listen"));
        Assert.Equal("fail", (await CheckAsync(1, Exporter.Binary, "check", $"--web.listen-address=localhost:{running.Address.Port}")).Status("listen"));
    }

    [Theory]
    [InlineData("ok ok", "127.0.0.1:PORT", "[::1]:PORT")]
    [InlineData("ok fail", ":PORT", "127.0.0.1:PORT")]
    [InlineData("ok fail", "localhost:PORT", "localhost:PORT")]
    [InlineData("ok", "localhost:PORT")]
    [InlineData("ok", ":PORT")]
    public async Task AddressesThatStandInEachOthersWay_AreFound(string statuses, params string[] addresses)
    {
        string port = FreePort.Find().ToString(System.Globalization.CultureInfo.InvariantCulture);
        Checked found = await CheckAsync(
            statuses.Contains("fail", StringComparison.Ordinal) ? 1 : 0,
            [Exporter.Binary, "check", .. addresses.Select(address => $"--web.listen-address={address.Replace("PORT", port, StringComparison.Ordinal)}")]);
        Assert.Equal(statuses, string.Join(' ', found.Items.Where(static item => item.GetProperty("check").GetString() == "listen").Select(static item => item.GetProperty("status").GetString())));
    }

    [Theory]
    [InlineData("192.0.2.1:9999", "Cannot assign requested address", "Set --web.listen-address to an address of this machine")]
    [InlineData("127.0.0.1:80", "Permission denied", "Ports below 1024 require CAP_NET_BIND_SERVICE.\nsystemd: AmbientCapabilities=CAP_NET_BIND_SERVICE")]
    public async Task UnavailableAddress_ReportsTheReason(string address, string reason, string advice)
    {
        Checked found = await CheckAsync(
            1, "setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service", Exporter.Binary, "check", $"--web.listen-address={address}");
        Assert.Equal(("fail", $"{address}: {reason}"), (found.Status("listen"), found["listen"].GetProperty("found").GetString()));
        Assert.StartsWith(advice, found["listen"].GetProperty("advice").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EvidenceFolder_IsTestedForWriting_AndLeftUnchanged()
    {
        string folder = Path.Combine(_copy.Folder, "evidence");
        Checked missing = await CheckAsync(0, Exporter.Binary, "check", AnyPort, $"--evidence.directory={folder}");
        Assert.Equal("ok", missing.Status("evidence"));
        Assert.False(Directory.Exists(folder));
        Directory.CreateDirectory(folder);
        Checked there = await CheckAsync(0, Exporter.Binary, "check", AnyPort, $"--evidence.directory={folder}");
        Assert.Equal("ok", there.Status("evidence"));
        Assert.Empty(Directory.GetFileSystemEntries(folder));
        File.SetUnixFileMode(folder, (UnixFileMode)0x1ff);
        Checked open = await CheckAsync(1, Exporter.Binary, "check", AnyPort, $"--evidence.directory={folder}");
        Assert.Equal(("blind", $"{folder}: is writable by everybody"), (open.Status("evidence"), open["evidence"].GetProperty("found").GetString()));
        Checked nowhere = await CheckAsync(1, Exporter.Binary, "check", AnyPort, $"--evidence.directory={folder}/a/b");
        Assert.Equal("blind", nowhere.Status("evidence"));
        Checked readOnly = await CheckAsync(1, Exporter.Binary, "check", AnyPort, "--evidence.directory=/proc/sys");
        Assert.Equal("blind", readOnly.Status("evidence"));
    }

    [Fact]
    public async Task Rules_AreReadAsTheServerReadsThem()
    {
        string file = Path.Combine(_copy.Folder, "rules.yml");
        await File.WriteAllTextAsync(file, "process_names:\n  - comm: [a]\n  - exe: [b]\n");
        Checked good = await CheckAsync(0, Exporter.Binary, "check", AnyPort, $"--config.file={file}");
        Assert.Equal(("ok", 2), (good.Status("rules"), good.Fact("rules", "rules").GetInt32()));
        await File.WriteAllTextAsync(file, "process_names:\n  - comn: [a]\n");
        Checked bad = await CheckAsync(1, Exporter.Binary, "check", AnyPort, $"--config.file={file}");
        string problem = $"{file}:2: process_names[0].comn: unknown key; known are name, comm, exe, cmdline";
        Assert.Equal(("fail", problem), (bad.Status("rules"), bad["rules"].GetProperty("found").GetString()));
        (_, _, string log) = await Child.RunAsync(Exporter.Binary, null, $"--config.file={file}", "--log.format=json", "--log.level=error");
        Assert.Equal(problem, JsonDocument.Parse(log).RootElement.GetProperty("err").GetString());
    }

    [Fact]
    public async Task RulesFileWithoutRules_FailsUnlessItSaysSo()
    {
        string file = Path.Combine(_copy.Folder, "rules.yml");
        File.WriteAllText(file, "");
        Checked empty = await CheckAsync(1, _copy.Binary, "check", AnyPort, $"--config.file={file}");
        Assert.Equal("fail", empty.Status("rules"));
        (int exitCode, string output, _) = await Child.RunAsync(Exporter.Binary, null, "top", $"--config.file={file}");
        Assert.Equal((1, ""), (exitCode, output));

        File.WriteAllText(file, "process_names: []");
        Checked none = await CheckAsync(0, _copy.Binary, "check", AnyPort, $"--config.file={file}");
        Assert.Equal("note", none.Status("rules"));
        await using Exporter exporter = await Exporter.StartAsync($"--config.file={file}");
        Assert.Contains($"level=WARN msg=\"Rule file has no rules\" warning=\"{file} has no rules: every program is in the group other\"", exporter.Child.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingProcfs_FailsAndTheRestIsStillChecked()
    {
        Checked found = await CheckAsync(1, Exporter.Binary, "check", AnyPort, "--path.procfs=/nonexistent/proc");
        Assert.Equal(("fail", "open /nonexistent/proc: No such file or directory"), (found.Status("procfs"), found["procfs"].GetProperty("found").GetString()));
        Assert.Equal(("ok", "ok", "ok"), (found.Status("kernel"), found.Status("rules"), found.Status("listen")));
    }

    [Fact]
    public async Task FolderWithoutProcesses_Fails_AndNothingStartsWithIt()
    {
        string empty = Directory.CreateDirectory(Path.Combine(_copy.Folder, "empty")).FullName;
        string problem = $"open {empty}: neither a procfs nor a folder of captured processes";
        Checked found = await CheckAsync(1, Exporter.Binary, "check", AnyPort, $"--path.procfs={empty}");
        Assert.Equal(("fail", problem), (found.Status("procfs"), found["procfs"].GetProperty("found").GetString()));
        Assert.Equal(("ok", "ok", "ok"), (found.Status("kernel"), found.Status("rules"), found.Status("listen")));

        foreach (string[] verb in (string[][])[["top"], ["explain"], ["inspect", "1"]])
        {
            (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, [.. verb, $"--path.procfs={empty}"]);
            Assert.Equal((1, "", $"fd-exporter: error: {problem}\n"), (exitCode, output, error));
        }

        (int served, _, string log) = await Child.RunAsync(Exporter.Binary, null, AnyPort, $"--path.procfs={empty}", "--log.format=json", "--log.level=error");
        Assert.Equal((1, problem), (served, JsonDocument.Parse(log).RootElement.GetProperty("err").GetString()));
    }

    [Fact]
    public async Task CollectorThatIsSwitchedOff_IsNoBlindness()
    {
        Checked found = await CheckAsync(0, [.. s_asNobody, _copy.Binary, "check", AnyPort, "--collector.disable-defaults", "--collector.system"]);
        Assert.All((string[])["tcp", "processes", "socket_owners"], check => Assert.Equal("disabled", found[check].GetProperty("found").GetString()));
    }

    private static bool IsHostsPidNamespace() => File.Exists("/proc/2/stat") && File.ReadAllText("/proc/2/stat").Contains("(kthreadd)", StringComparison.Ordinal);

    private static async Task<Checked> CheckAsync(int exitCode, params string[] command)
    {
        (int actual, string output, string error) = await Child.RunAsync(command[0], null, [.. command[1..], "--json"]);
        Assert.True(actual == exitCode && error.Length == 0, $"exit code {actual}\n{output}{error}");
        return new Checked(JsonDocument.Parse(output).RootElement);
    }

    private async Task<Checked> CheckMountAsync(int exitCode, string option, string[] runAs, params string[] flags)
    {
        string mount = Directory.CreateDirectory(Path.Combine(_copy.Folder, "a proc")).FullName;
        return await CheckAsync(
            exitCode,
            ["unshare", "--mount", "sh", "-c", $"mount -t proc -o {option} proc \"$0\" && exec \"$@\"", mount, .. runAs, "check", $"--path.procfs={mount}", AnyPort, .. flags]);
    }

    private string CopyOf(string binary)
    {
        string target = Directory.CreateDirectory(Path.Combine(_copy.Folder, "lab")).FullName;
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(binary)!))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        return Path.Combine(target, Path.GetFileName(binary));
    }

    // A container in which the tests run may have a filter.
    [GeneratedRegex("(seccomp |\"seccomp\": \")(off|filter)")]
    private static partial Regex Seccomp();

    private sealed class Checked(JsonElement document)
    {
        internal JsonElement[] Items { get; } = [.. document.GetProperty("checks").EnumerateArray()];

        internal JsonElement this[string check] => Items.Single(item => item.GetProperty("check").GetString() == check);

        internal string Status(string check) => this[check].GetProperty("status").GetString()!;

        internal JsonElement Fact(string check, string name) => this[check].GetProperty("facts").GetProperty(name);
    }
}
