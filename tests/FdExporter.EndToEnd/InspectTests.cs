using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The verb <c>inspect</c> of the real binary.</summary>
public class InspectTests
{
    [Theory]
    [InlineData("80", "8")]
    [InlineData("80", "9")]
    [InlineData("80", "36")]
    [InlineData("80", "58")]
    [InlineData("140", "9")]
    [InlineData("40", "9")]
    [InlineData("80", "58", "--all")]
    [InlineData("80", "9", "--filter=ESTAB")]
    [InlineData("80", "9", "--filter=nothing")]
    [InlineData("80", "9", "--json")]
    [InlineData("80", "9", "--json", "--filter=close_wait")]
    public async Task Inspect_OfTheCapturedHost(string columns, string pid, params string[] flags)
    {
        using FixtureHost host = new();
        (int exitCode, string output, string error) = await Child.RunAsync(
            "env", null, [$"COLUMNS={columns}", Exporter.Binary, "inspect", pid, $"--path.procfs={host.Root}", .. flags]);
        Assert.Equal((0, ""), (exitCode, error));
        Golden.Verify(
            Regex.Replace(output, "\"(taken_at)\": \"[^\"]+\"", "\"$1\": \"SCRUBBED\""),
            string.Join('_', [columns, pid, .. flags.Select(static flag => flag.Trim('-').Replace('=', '-'))]));
    }

    [Fact]
    public async Task Json_IsTheDocumentOfTheApi()
    {
        using FixtureHost host = new();
        (_, string output, _) = await Child.RunAsync(Exporter.Binary, null, "inspect", "9", "--json", $"--path.procfs={host.Root}");
        await using Exporter exporter = await Exporter.StartAsync($"--path.procfs={host.Root}", "--web.show-cmdline", "--web.show-paths");
        string document = await exporter.GetAsync("/api/v1/processes/9?limit=1000");
        Assert.Equal(Scrubbed(document), Scrubbed(output));

        // The maximum number of rows differs.
        static string Scrubbed(string json) => Regex.Replace(json, "\"(taken_at|limit|age_seconds|oldest_seconds)\": ?\"?[0-9][^,}\n]*", "\"$1\": SCRUBBED");
    }

    [Fact]
    public async Task Descriptors_AreThoseThatTheKernelLists()
    {
        await using LeakLab lab = await LeakLab.StartAsync(
            ["fds", "--count", "3", .. ((string[])["socket", "unix", "pipe", "file", "deleted_file", "eventfd", "eventpoll", "inotify", "timerfd", "signalfd", "memfd", "device"]).SelectMany(static type => (string[])["--type", type])]);
        await Eventually.EqualAsync(async () =>
        {
            (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, "inspect", Text(lab.Child.Pid), "--json");
            Assert.Equal((0, ""), (exitCode, error));
            string folder = $"/proc/{lab.Child.Pid}/fd";
            (_, string links, _) = await Child.RunAsync("find", null, folder, "-mindepth", "1", "-printf", "%f %l\\n");
            using JsonDocument json = JsonDocument.Parse(output);
            return (
                Sorted(json.RootElement.GetProperty("items").EnumerateArray().Select(static fd =>
                    $"{fd.GetProperty("fd").GetInt32()} {(fd.GetProperty("type").GetString() == "socket" ? "socket" : fd.GetProperty("target").GetString())}")),
                Sorted(links.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static link => Regex.Replace(link, @"socket:\[\d+\]$", "socket"))));
        });
    }

    [Theory]
    [InlineData("close-wait", "--unread", "7", "--hold-peer")]
    [InlineData("server-close-wait", "--hold-peer")]
    [InlineData("established")]
    [InlineData("close-wait", "--family", "ipv6", "--hold-peer")]
    public async Task Sockets_AreThoseThatLsofSees(params string[] leak)
    {
        await using LeakLab lab = await LeakLab.StartAsync([.. leak, "--count", "25"]);
        await Eventually.EqualAsync(async () =>
        {
            (_, string output, _) = await Child.RunAsync(Exporter.Binary, null, "inspect", Text(lab.Child.Pid), "--json", "--filter=tcp");
            (_, string lsof, _) = await Child.RunAsync("lsof", null, "-nP", "-a", "-p", Text(lab.Child.Pid), "-iTCP", "-Tqs", "-FfnT");
            using JsonDocument json = JsonDocument.Parse(output);
            string[] seen = [.. OfLsof(lsof)];
            Assert.InRange(seen.Length, 25, 30);
            return (Sorted(json.RootElement.GetProperty("items").EnumerateArray().Select(OfInspect)), Sorted(seen));
        });
    }

    [Fact]
    public async Task Text_CountsTheLeakAsTheKernelDoes_AndListsItAll()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "140", "--name", "appserver", "--hold-peer");
        (_, string few, _) = await Child.RunAsync(Exporter.Binary, null, "inspect", Text(lab.Child.Pid));
        Assert.Matches($@"\n    140 +\d+[ms] socket       close_wait to 127\.0\.0\.1:{lab.Port}\n", few);
        int fds = Directory.GetFileSystemEntries($"/proc/{lab.Child.Pid}/fd").Length;
        Assert.EndsWith($"\n{fds - 20} more; --all lists them, --filter TEXT those that contain a text.\n", few, StringComparison.Ordinal);
        (_, string all, _) = await Child.RunAsync(Exporter.Binary, null, "inspect", Text(lab.Child.Pid), "--all", "--filter", "close_wait");
        string[] lines = [.. all.Split('\n').Where(static line => line.Contains("tcp close_wait", StringComparison.Ordinal))];
        Assert.Equal(140, lines.Length);
        Assert.All(lines, line => Assert.EndsWith($" -> 127.0.0.1:{lab.Port}", line, StringComparison.Ordinal));
        Assert.All((few + all).Split('\n'), static line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public async Task HostileNames_ReachNoTerminal()
    {
        string folder = Directory.CreateTempSubdirectory("fd-exporter-test-\e[2J\u202e\u65e5\u672c-").FullName;
        try
        {
            await using Shell shell = await Shell.StartAsync("x");
            await shell.RunAsync($"exec 20>'{folder}/\e]0;title\a\u767d'");
            (int exitCode, string output, _) = await Child.RunAsync(Exporter.Binary, null, "inspect", Text(shell.Pid), "--filter=title");
            Assert.Equal(0, exitCode);
            Assert.Contains("?]0;title?\u767d", output, StringComparison.Ordinal);
            Assert.DoesNotContain(output, static c => char.IsControl(c) && c != '\n');
            Assert.DoesNotContain('\u202e', output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("there is no process 4194305, or it is hidden", "4194305")]
    [InlineData("not a process ID: '0', try --help", "0")]
    [InlineData("not a process ID: '-1', try --help", "-1")]
    [InlineData("not a process ID: 'appserver', try --help", "appserver")]
    [InlineData("Required argument missing for command: 'inspect', try --help")]
    public async Task ProcessThatCannotBe_IsOneLineAndExitOne(string complaint, params string[] arguments)
        => Assert.Equal((1, "", $"fd-exporter: error: {complaint}\n"), await Child.RunAsync(Exporter.Binary, null, ["inspect", .. arguments]));

    [Theory]
    [InlineData("Descriptors     ")]
    [InlineData("\"visible\": false", "--json")]
    public async Task ProcessWithAccessDenied_ShowsKnownFields_OneLineWithTheRequirement_AndExitOne(string known, params string[] flags)
    {
        await using LeakLab lab = await LeakLab.StartAsync("fds", "--type", "file", "--count", "100");
        (int exitCode, string output, string error) = await Child.RunAsync(
            "setpriv", null, ["--reuid=65534", "--regid=65534", "--clear-groups", Exporter.Binary, "inspect", Text(lab.Child.Pid), .. flags]);
        Assert.Equal(1, exitCode);
        Assert.Contains(known, output, StringComparison.Ordinal);
        Assert.Contains(Directory.GetFileSystemEntries($"/proc/{lab.Child.Pid}/fd").Length.ToString(CultureInfo.InvariantCulture), output, StringComparison.Ordinal);
        Assert.Matches(
            $"^fd-exporter: error: access to the descriptors of process {lab.Child.Pid} is denied\\. Grant CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH: [^\n]+\n$", error);

        // If both are held, and the process is another user's in the machine's user namespace, granting them would not help.
        (exitCode, _, error) = await Child.RunAsync(
            "setpriv", null, ["--reuid=65534", "--regid=65534", "--clear-groups", "unshare", "--user", "--map-root-user", Exporter.Binary, "inspect", Text(lab.Child.Pid), .. flags]);
        Assert.Equal(1, exitCode);
        Assert.Contains("Run the exporter outside of a user namespace", error, StringComparison.Ordinal);
        Assert.DoesNotContain("CAP_", error, StringComparison.Ordinal);
    }

    private static string Text(int pid) => pid.ToString(CultureInfo.InvariantCulture);

    private static string Sorted(IEnumerable<string> lines) => string.Join('\n', lines.Order(StringComparer.Ordinal));

    private static string OfInspect(JsonElement fd)
    {
        string remote = fd.TryGetProperty("remote", out JsonElement peer) ? $"->{peer.GetString()}" : "";
        return $"{fd.GetProperty("fd").GetInt32()} {fd.GetProperty("local").GetString()}{remote} {fd.GetProperty("state").GetString()} {fd.GetProperty("receive_queue").GetInt64()}";
    }

    // f42 / n127.0.0.1:55320->127.0.0.1:9702 / TST=CLOSE_WAIT / TQR=8 / TQS=0
    private static IEnumerable<string> OfLsof(string output)
    {
        (string fd, string name, string state, string queue) = ("", "", "", "");
        foreach (string line in output.Split('\n').Append("f"))
        {
            if (line.StartsWith('f'))
            {
                if (name.Length > 0)
                {
                    yield return $"{fd} {name} {state} {queue}";
                }

                (fd, name) = (line[1..], "");
            }
            else if (line.StartsWith('n'))
            {
                name = line[1..];
            }
            else if (line.StartsWith("TST=", StringComparison.Ordinal))
            {
                state = line[4..].ToLowerInvariant();
            }
            else if (line.StartsWith("TQR=", StringComparison.Ordinal))
            {
                queue = line[4..];
            }
        }
    }
}
