using System.Globalization;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Deleted files and inotify on the real kernel.</summary>
public class FilesTests
{
    [Fact]
    public async Task DeletedFiles_AreCountedOnce_WithBytesAndShareOfTheDisk()
    {
        await using LeakLab lab = await LeakLab.StartAsync("deleted", "--count", "3", "--bytes", "8388608", "--processes", "4", "--directory", "/var/tmp", "--name", "logserver");
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        string labels = $"{{group=\"logserver\",mountpoint=\"{MountOf("/var/tmp")}\"}}";
        Assert.Equal(3 * 8388608, metrics["fd_group_deleted_files_bytes" + labels]);
        Assert.DoesNotContain("group=\"cat\"", string.Join('\n', metrics.With("fd_group_deleted_files_bytes")), StringComparison.Ordinal);

        (_, string size, _) = await Child.RunAsync("stat", null, ["-f", "-c", "%b %S", "/var/tmp"]);
        double[] blocks = [.. size.Split(' ').Select(static each => double.Parse(each, CultureInfo.InvariantCulture))];
        Assert.Equal(3 * 8388608 / (blocks[0] * blocks[1]), metrics["fd_group_deleted_files_ratio" + labels], 1e-9);
    }

    [Fact]
    public async Task DeletedFiles_OnAnOwnMountWithAHostileName_HaveItsEscapedPath()
    {
        const string Mount = "mkdir \"$d/a b\" && mount -t tmpfs -o size=64m tmpfs \"$d/a b\" && exec \"$@\" --directory \"$d/a b\"";
        string folder = Directory.CreateTempSubdirectory("fd\u001b-").FullName;
        try
        {
            await using LeakLab lab = await LeakLab.StartAsAsync(
                "unshare", "--mount", "sh", "-c", $"d='{folder}'; {Mount}", "sh", LeakLab.Binary, "deleted", "--bytes", "1048576", "--name", "scratch");
            await using Exporter exporter = await Exporter.StartAsync();
            Metrics metrics = await exporter.ScrapeAsync();
            string path = folder.Replace("\u001b", "\\\\x1b", StringComparison.Ordinal) + "/a b";
            Assert.Equal(1048576, metrics[$"fd_group_deleted_files_bytes{{group=\"scratch\",mountpoint=\"{path}\"}}"]);

            // Deleted files in memory are shared memory: a tenth of it is no fault.
            Assert.DoesNotContain("scratch", string.Join('\n', metrics.With("fd_group_deleted_files_ratio")), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task TenGibibytes_AreAFindingThatNamesProgramMountAndBytes()
    {
        await using LeakLab lab = await LeakLab.StartAsync("deleted", "--bytes", "10737418240", "--directory", "/var/tmp", "--name", "logserver");
        await using Exporter exporter = await Exporter.StartAsync();
        string text = string.Join(' ', (await exporter.GetAsync("/explain?format=text")).Split((char[])[' ', '\n', '\u00a0'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"logserver (pid {lab.Child.Pid}) holds 10 GiB in 1 deleted file on {MountOf("/var/tmp")}, ", text, StringComparison.Ordinal);
        Assert.Contains($"fd-exporter inspect {lab.Child.Pid} --filter=deleted", text, StringComparison.Ordinal);
        Assert.Contains("(deleted)", (await Child.RunAsync(Exporter.Binary, null, ["inspect", $"{lab.Child.Pid}", "--filter=deleted"])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inotify_SharedInstancesCountOnce_AndWatchesAreThoseOfTheKernel()
    {
        await using Exporter exporter = await Exporter.StartAsync("--limits.name-age=0s");
        Metrics before = await exporter.ScrapeAsync();
        await using LeakLab lab = await LeakLab.StartAsync("inotify", "--count", "7", "--watches", "20", "--processes", "5", "--name", "watcher");
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(7, metrics["fd_user_inotify_instances{user=\"root\"}"] - before.Sum("fd_user_inotify_instances", ("user", "root")));
        Assert.Equal(140, metrics["fd_user_inotify_watches{user=\"root\"}"] - before.Sum("fd_user_inotify_watches", ("user", "root")));
        Assert.Equal(7, metrics["fd_group_fds{group=\"watcher\",type=\"inotify\"}"]);
        Assert.Equal(35, metrics["fd_group_fds{group=\"cat\",type=\"inotify\"}"]);
        Assert.Equal(Limit("max_user_instances"), metrics["fd_system_inotify_max_user_instances"]);
        Assert.Equal(Limit("max_user_watches"), metrics["fd_system_inotify_max_user_watches"]);
        Assert.Equal(0, metrics["fd_exporter_unread_fds{type=\"inotify\"}"]);
    }

    [Fact]
    public async Task Inotify_NearTheLimitOfInstances_IsAFindingThatNamesUserProgramAndSysctl()
    {
        double limit = Limit("max_user_instances");
        Assert.SkipWhen(limit > 2000, "the limit of this machine is far");
        await using LeakLab lab = await LeakLab.StartAsync("inotify", "--count", $"{Math.Ceiling(limit * 0.85)}", "--name", "watcher");
        await using Exporter exporter = await Exporter.StartAsync();
        string text = string.Join(' ', (await exporter.GetAsync("/explain?format=text")).Split((char[])[' ', '\n', '\u00a0'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches($@"User root has \d+ of {limit} inotify instances \((8[5-9]|9\d) %\), most of them: watcher \d+ \(pid {lab.Child.Pid}\)", text);
        Assert.Contains($"sysctl -w fs.inotify.max_user_instances={limit * 2}", text, StringComparison.Ordinal);
    }

    /// <summary>A build with hundreds of temporary files that have no name.</summary>
    [Fact]
    public async Task TemporaryFiles_AreNoFinding()
    {
        await using LeakLab lab = await LeakLab.StartAsync("deleted", "--count", "300", "--bytes", "1048576", "--directory", "/var/tmp", "--name", "cc1");
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(300 * 1048576, metrics.Sum("fd_group_deleted_files_bytes", ("group", "cc1")));
        Assert.Equal(0, metrics["fd_exporter_unread_fds{type=\"deleted_file\"}"]);
        Assert.DoesNotContain("deleted", await exporter.GetAsync("/explain?format=text"), StringComparison.Ordinal);
    }

    /// <summary>A monitoring agent with thousands of watches.</summary>
    [Fact]
    public async Task FiveThousandWatches_AreNoFinding()
    {
        await using LeakLab lab = await LeakLab.StartAsync("inotify", "--watches", "5000", "--name", "agent");
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.True(metrics["fd_user_inotify_watches{user=\"root\"}"] >= 5000, "the watches were read");
        Assert.DoesNotContain("inotify", await exporter.GetAsync("/explain?format=text"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Collector_SwitchedOff_HasNoSeries()
    {
        await using Exporter exporter = await Exporter.StartAsync("--no-collector.files");
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Empty(metrics.With("fd_system_inotify_max_user_instances"));
        Assert.Empty(metrics.With("fd_exporter_unread_fds"));
        Assert.NotEmpty(metrics.With("fd_group_fds"));
    }

    /// <summary>Without rights nothing is known of other users' descriptors: absent, not 0.</summary>
    [Fact]
    public async Task WithoutRights_OthersAreAbsent()
    {
        await using LeakLab lab = await LeakLab.StartAsync("deleted", "--bytes", "1048576", "--name", "logserver");
        (int code, string output, string error) = await Child.RunAsync("setpriv", null, ["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", Exporter.Binary, "metrics"]);
        Assert.True(code == 0, error);
        Metrics metrics = Metrics.Parse(output);
        Assert.Empty(metrics.With("fd_group_deleted_files_bytes", ("group", "logserver")));
        Assert.Empty(metrics.With("fd_user_inotify_instances", ("user", "root")));
        Assert.True(metrics["fd_exporter_processes{visibility=\"count_only\"}"] > 0, "they are counted");
    }

    private static double Limit(string name) => double.Parse(File.ReadAllText($"/proc/sys/fs/inotify/{name}"), CultureInfo.InvariantCulture);

    private static string MountOf(string path)
        => File.ReadLines("/proc/self/mountinfo").Select(static line => line.Split(' ')[4]).Where(mount => mount == "/" || path == mount || path.StartsWith(mount + "/", StringComparison.Ordinal)).MaxBy(static mount => mount.Length)!;
}
