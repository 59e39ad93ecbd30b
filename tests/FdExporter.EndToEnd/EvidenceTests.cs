using System.Globalization;
using System.Text.Json;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The evidence that the real binary writes of a real leak, into real folders.</summary>
[Collection(WithOldLeak.Name)]
public sealed class EvidenceTests(OldLeak leak) : IDisposable
{
    private const string Nobody = "65534";
    private const string Written = "fd_exporter_evidence_files_total";
    private const string Failures = "fd_exporter_evidence_failures_total";
    private const string Complaint = "msg=\"Evidence cannot be written\"";

    private readonly string _parent = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    private string Folder => Path.Combine(_parent, "evidence");

    /// <summary>No findings about the machine's handles, which include those of other programs.</summary>
    private string[] Flags => [$"--evidence.directory={Folder}", "--verdict.system-handles=2000000000"];

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public async Task Leak_IsWrittenOnce_WithEverythingThatARestartDestroys()
    {
        LeakLab lab = leak.Lab;
        await using LeakLab young = await LeakLab.StartAsync("close-wait", "--count", "300", "--name", "youngserver", "--hold-peer");
        await using Exporter exporter = await Exporter.StartAsync(Flags);
        for (int scrape = 0; scrape < 5; scrape++)
        {
            await exporter.ScrapeAsync();
            await exporter.GetAsync("/explain");
        }

        // Scans are evaluated one after the other: when a later crossing is written, all earlier ones are done.
        await using LeakLab later = await StartNearLimitAsync("later");
        await ScrapeUntilAsync(exporter, _ => FilesOf(later).Length > 0);
        Assert.Empty(FilesOf(young));
        string file = Assert.Single(FilesOf(lab));
        Assert.Matches($"/fd-evidence-[0-9]{{8}}T[0-9]{{6}}Z-appserver-{lab.Child.Pid}-close_wait_not_closed.json$", file);
        Assert.Empty(Directory.GetFiles(Folder, "*.tmp"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
        Metrics metrics = await ScrapeUntilAsync(exporter, metrics => metrics[Written] >= Directory.GetFiles(Folder).Length);
        Assert.Equal((Directory.GetFiles(Folder).Length, 0), (metrics[Written], metrics[Failures]));

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file));
        JsonElement document = json.RootElement;
        JsonElement process = document.GetProperty("process");
        string peer = $"127.0.0.1:{lab.Port}";
        Assert.Equal((lab.Child.Pid, "appserver", "root"), (process.GetProperty("pid").GetInt32(), process.GetProperty("group").GetString(), process.GetProperty("user").GetString()));
        Assert.Equal(
            metrics[$"fd_process_fds_soft_limit{{group=\"appserver\",process=\"appserver\",pid=\"{lab.Child.Pid}\"}}"],
            process.GetProperty("soft_limit").GetDouble());
        Assert.StartsWith(
            $"appserver (pid {lab.Child.Pid}) holds 140 sockets in CLOSE_WAIT",
            document.GetProperty("findings")[0].GetProperty("text").GetString()!.Replace('\u00a0', ' '),
            StringComparison.Ordinal);
        Assert.Equal(140, process.GetProperty("tcp_sockets").GetProperty("close_wait").GetInt32());
        JsonElement stuck = Assert.Single(document.GetProperty("close_wait").EnumerateArray());
        Assert.Equal(
            ("appserver", "outbound", peer, 140, 140),
            (stuck.GetProperty("group").GetString(), stuck.GetProperty("direction").GetString(), stuck.GetProperty("address").GetString(), stuck.GetProperty("sockets").GetInt32(), stuck.GetProperty("causes").GetProperty("not_closed").GetInt32()));
        JsonElement kind = Assert.Single(document.GetProperty("kinds").EnumerateArray(), each => each.GetProperty("what").GetString() == $"close_wait to {peer}");
        Assert.Equal(140, kind.GetProperty("count").GetInt32());
        Assert.InRange(kind.GetProperty("oldest_seconds").GetDouble(), 0, 600);

        // Everything that the kernel still reports, descriptor by descriptor.
        Assert.True(document.GetProperty("visible").GetBoolean());
        JsonElement[] descriptors = [.. document.GetProperty("items").EnumerateArray()];
        Assert.Equal(document.GetProperty("total").GetInt32(), descriptors.Length);
        Assert.Equal(LinksOf(lab.Child.Pid).Keys, descriptors.Select(static each => each.GetProperty("fd").GetInt32()));
        Assert.Equal(
            LinksOf(lab.Child.Pid).Where(static link => !link.Value.StartsWith("socket:", StringComparison.Ordinal)).Select(static link => link.Value),
            descriptors.Where(static each => each.GetProperty("type").GetString() != "socket").Select(static each => each.GetProperty("target").GetString()));
        Assert.Equal(140, descriptors.Count(each => each.TryGetProperty("remote", out JsonElement remote) && remote.GetString() == peer));
        Assert.DoesNotContain("--hold-peer", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeniedFolder_FailsNoScrape_AndIsOneLineAndAMetric()
    {
        Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        (int exitCode, _, string error) = await Child.RunAsync("chown", null, $"{Nobody}:{Nobody}", Folder);
        Assert.True(exitCode == 0, error);
        await using Exporter exporter = await Exporter.StartAsAsync(
            "setpriv", ["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search", Exporter.Binary, .. Flags]);

        // Once at the start, and once when there was something to write.
        Metrics metrics = await ScrapeUntilAsync(exporter, static metrics => metrics[Failures] == 2);
        Assert.Equal(0, metrics[Written]);
        Assert.Equal(140, metrics.Sum("fd_close_wait_sockets", ("group", "appserver")));
        await exporter.Child.WaitForLineAsync(Complaint);
        Assert.Contains($"directory={Folder} err=\"Permission denied\"", Assert.Single(LinesOf(exporter, Complaint)), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task FullDisk_FailsNoScrape_AndLeavesNoHalfFile()
    {
        Directory.CreateDirectory(Folder);
        await using Exporter exporter = await Exporter.StartAsAsync(
            "unshare", ["--mount", "sh", "-c", "mount -t tmpfs -o size=4k,mode=0700 tmpfs \"$0\" && exec \"$@\"", Folder, Exporter.Binary, .. Flags]);
        Metrics metrics = await ScrapeUntilAsync(exporter, static metrics => metrics[Failures] == 1);
        Assert.Equal(0, metrics[Written]);
        Assert.Equal(140, metrics.Sum("fd_close_wait_sockets", ("group", "appserver")));
        await exporter.Child.WaitForLineAsync(Complaint);
        Assert.Contains("No space left on device", Assert.Single(LinesOf(exporter, Complaint)), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries($"/proc/{exporter.Child.Pid}/root{Folder}"));
    }

    [Fact]
    public async Task Start_RemovesWhatWasLeftHalfWritten_AndLeavesOthersFiles()
    {
        Directory.CreateDirectory(Folder);
        string half = Path.Combine(Folder, ".fd-evidence-20261125T073200Z-appserver-11342-close_wait_not_closed.json.tmp");
        string foreign = Path.Combine(Folder, ".other.tmp");
        File.WriteAllText(half, "{");
        File.WriteAllText(foreign, "");
        await using Exporter exporter = await Exporter.StartAsync(Flags);
        await Eventually.TrueAsync(() => !File.Exists(half), () => exporter.Child.Output);
        Assert.True(File.Exists(foreign));
        exporter.Child.Terminate();
        Assert.Equal(0, await exporter.Child.WaitForExitAsync());
        Assert.Equal([foreign], Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task MaxFiles_IsTheMostThatAreLeft()
    {
        await using Exporter exporter = await Exporter.StartAsync([.. Flags, "--evidence.max-files=1"]);
        await using LeakLab first = await StartNearLimitAsync("first");
        await ScrapeUntilAsync(exporter, _ => FilesOf(first).Length == 1);
        await using LeakLab second = await StartNearLimitAsync("second");
        await ScrapeUntilAsync(exporter, _ => FilesOf(second).Length == 1 && FilesOf(first).Length == 0);
        Assert.Single(Directory.GetFiles(Folder));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("x")]
    public async Task MaxFiles_Bad_IsOneLineAndExitOne(string number)
    {
        (int exitCode, _, string error) = await Child.RunAsync(Exporter.Binary, null, $"--evidence.max-files={number}");
        Assert.Equal(1, exitCode);
        Assert.Contains($"--evidence.max-files: not a number from 1 to 10000: '{number}'", Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    /// <summary>At nine tenths of its limit: recorded at once.</summary>
    private static Task<LeakLab> StartNearLimitAsync(string name)
        => LeakLab.StartAsAsync("prlimit", "--nofile=1000:1000", LeakLab.Binary, "fds", "--type", "device", "--count", "840", "--name", name);

    private static async Task<Metrics> ScrapeUntilAsync(Exporter exporter, Func<Metrics, bool> condition)
    {
        Metrics? metrics = null;
        await Eventually.TrueAsync(async () => condition(metrics = await exporter.ScrapeAsync()), () => exporter.Child.Output);
        return metrics!;
    }

    private static string[] LinesOf(Exporter exporter, string text)
        => [.. exporter.Child.Output.Split('\n').Where(line => line.Contains(text, StringComparison.Ordinal))];

    private static SortedDictionary<int, string> LinksOf(int pid) => new(Directory.GetFileSystemEntries($"/proc/{pid}/fd")
        .ToDictionary(static link => int.Parse(Path.GetFileName(link), CultureInfo.InvariantCulture), static link => new FileInfo(link).LinkTarget!));

    private string[] FilesOf(LeakLab lab)
        => Directory.Exists(Folder) ? Directory.GetFiles(Folder, FormattableString.Invariant($"fd-evidence-*-{lab.Child.Pid}-*.json")) : [];
}
