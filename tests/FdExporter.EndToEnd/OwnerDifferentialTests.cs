using System.Globalization;
using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Owners, states and types compared with the tools that an engineer would use, on constant loads.</summary>
public partial class OwnerDifferentialTests
{
    private static readonly Dictionary<string, string> s_statesOfSs = new()
    {
        ["ESTAB"] = "established", ["FIN-WAIT-2"] = "fin_wait2", ["CLOSE-WAIT"] = "close_wait", ["LISTEN"] = "listen",
    };

    private static readonly Dictionary<string, string> s_statesOfLsof = new()
    {
        ["ESTABLISHED"] = "established", ["FIN_WAIT2"] = "fin_wait2", ["CLOSE_WAIT"] = "close_wait", ["LISTEN"] = "listen",
    };

    private static readonly string[] s_types =
    [
        "socket", "unix", "pipe", "file", "deleted_file", "eventfd", "eventpoll", "inotify", "timerfd", "signalfd", "memfd", "device",
    ];

    // Newer versions show the kind of an anonymous inode and the protocol of a socket instead of UNKN and SOCK.
    private static readonly Dictionary<string, string> s_typesOfLsfd = new()
    {
        ["FIFO"] = "pipe", ["CHR"] = "device", ["SOCK"] = "socket", ["TCP"] = "socket", ["UNIX-STREAM"] = "socket",
        ["eventfd"] = "eventfd", ["eventpoll"] = "eventpoll", ["inotify"] = "inotify", ["timerfd"] = "timerfd", ["signalfd"] = "signalfd",
    };

    [Theory]
    [InlineData("ipv4")]
    [InlineData("ipv6")]
    [InlineData("mapped")]
    public async Task Owners_AreThoseOfLsofAndOfSs(string family)
    {
        await using LeakLab closeWait = await LeakLab.StartAsync("close-wait", "--count", "60", "--family", family, "--hold-peer");
        await using LeakLab server = await LeakLab.StartAsync("server-close-wait", "--count", "35", "--family", family, "--hold-peer", "--no-read");
        await using LeakLab established = await LeakLab.StartAsync("established", "--count", "25", "--family", family);
        await using LeakLab notAccepted = await LeakLab.StartAsync("not-accepted", "--count", "7", "--family", family);
        LeakLab[] labs = [closeWait, server, established, notAccepted];
        string[] pids = [.. labs.SelectMany(static lab => new[] { lab.Ready["pid"], lab.Ready["peer_pid"] })];
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
        Metrics metrics = await exporter.ScrapeAsync();
        string[] ours = [.. pids.Select(pid => $"{pid}: {metrics.Breakdown("fd_process_tcp_sockets", "state", ("pid", pid))}")];
        Assert.Equal($"{pids[0]}: close_wait=60", ours[0]);
        Assert.Equal(await LsofAsync(pids), ours);
        Assert.Equal(await SsAsync(pids), ours);
    }

    [Fact]
    public async Task Owners_OneScrapeAfterAChurn_AreThoseOfLsofAndOfSs()
    {
        await using LeakLab few = await LeakLab.StartAsync("churn", "--processes", "3", "--connections", "400", "--rate", "300");
        await using LeakLab many = await LeakLab.StartAsync("churn", "--processes", "2", "--connections", "2500", "--rate", "500");
        string[] pids = [.. few.Ready["pids"].Split(','), .. many.Ready["pids"].Split(',')];
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
        for (int scrape = 0; scrape < 12; scrape++)
        {
            Metrics moving = await exporter.ScrapeAsync();
            Assert.Equal(
                moving["fd_tcp_sockets{netns=\"host\",state=\"established\"}"],
                moving.Sum("fd_group_tcp_sockets", ("state", "established"))
                    + moving.Sum("fd_exporter_unattributed_sockets", ("state", "established"))
                    + moving.Sum("fd_exporter_inodeless_sockets", ("state", "established")));
        }

        await few.StandStillAsync();
        await many.StandStillAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        string[] ours = [.. pids.Select(pid => $"{pid}: {metrics.Breakdown("fd_process_tcp_sockets", "state", ("pid", pid))}")];
        Assert.Equal($"{pids[^1]}: established=5000 listen=1", ours[^1]);
        Assert.Equal(await LsofAsync(pids), ours);
        Assert.Equal(await SsAsync(pids), ours);
    }

    [Fact]
    public async Task Types_AreThoseOfLs()
    {
        await using LeakLab lab = await LeakLab.StartAsync(["fds", "--count", "6", "--name", "of-ls", .. s_types.SelectMany(static type => new[] { "--type", type })]);
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        (_, string output, _) = await Child.RunAsync("ls", null, "-l", $"/proc/{lab.Child.Pid}/fd");
        string theirs = Counts(output.Split('\n')
            .Where(static line => line.Contains(" -> ", StringComparison.Ordinal))
            .Select(static line => TypeOf(line[(line.IndexOf(" -> ", StringComparison.Ordinal) + 4)..])));
        Assert.Equal(theirs, metrics.Breakdown("fd_group_fds", "type", ("group", "of-ls")));
        Assert.All(s_types.Where(static type => type != "unix"), type => Assert.Contains(type + "=", theirs, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Types_AreThoseOfLsfd()
    {
        Assert.SkipUnless(
            (await Child.RunAsync("sh", null, "-c", "command -v lsfd")).ExitCode == 0, "lsfd is of util-linux 2.38 and later");
        await using LeakLab lab = await LeakLab.StartAsync(["fds", "--count", "6", "--name", "of-lsfd", .. s_types.SelectMany(static type => new[] { "--type", type })]);
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        (_, string output, string error) = await Child.RunAsync(
            "lsfd", null, "--noheadings", "--raw", "--pid", lab.Child.Pid.ToString(CultureInfo.InvariantCulture), "--output", "FD,TYPE,NAME");
        string theirs = Counts(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split(' ', 3))
            .Where(static fields => fields[0].Length > 0 && fields[0].All(char.IsAsciiDigit))
            .Select(static fields => s_typesOfLsfd.GetValueOrDefault(fields[1]) ?? TypeOf(fields[2].Replace("\\x20", " ", StringComparison.Ordinal))));
        Assert.True(theirs.Length > 0, error);
        Assert.Equal(theirs, metrics.Breakdown("fd_group_fds", "type", ("group", "of-lsfd")));
    }

    // lsof lists descriptors; in these loads no socket has two. TST=CLOSE_WAIT stands in a line of its own.
    private static async Task<string[]> LsofAsync(string[] pids)
    {
        List<string> lines = [];
        foreach (string pid in pids)
        {
            (_, string output, _) = await Child.RunAsync("lsof", null, "-nP", "-a", "-p", pid, "-i", "TCP", "-F", "T");
            lines.Add($"{pid}: " + Counts(output.Split('\n')
                .Where(static line => line.StartsWith("TST=", StringComparison.Ordinal))
                .Select(static line => s_statesOfLsof[line[4..]])));
        }

        return [.. lines];
    }

    private static async Task<string[]> SsAsync(string[] pids)
    {
        (int exitCode, string output, string error) = await Child.RunAsync("ss", null, "-Htanp");
        Assert.True(exitCode == 0, error);
        ILookup<string, string> states = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(static line => Users().Matches(line).Select(user => (Pid: user.Groups[1].Value, State: line[..line.IndexOf(' ', StringComparison.Ordinal)])))
            .ToLookup(static each => each.Pid, static each => each.State);
        return [.. pids.Select(pid => $"{pid}: {Counts(states[pid].Select(static state => s_statesOfSs[state]))}")];
    }

    private static string TypeOf(string target)
        => target.StartsWith("socket:", StringComparison.Ordinal) ? "socket"
            : target.StartsWith("pipe:", StringComparison.Ordinal) ? "pipe"
            : AnonymousInode().Match(target) is { Success: true } anonymous ? anonymous.Groups[1].Value
            : target.StartsWith("/memfd:", StringComparison.Ordinal) ? "memfd"
            : target.StartsWith("/dev/", StringComparison.Ordinal) ? "device"
            : target.EndsWith(" (deleted)", StringComparison.Ordinal) ? "deleted_file"
            : target.StartsWith('/') ? "file"
            : "other";

    private static string Counts(IEnumerable<string> values)
        => string.Join(' ', values.GroupBy(static value => value).Select(static group => $"{group.Key}={group.Count()}").Order(StringComparer.Ordinal));

    [GeneratedRegex(@"pid=(\d+),fd=")]
    private static partial Regex Users();

    // anon_inode:[eventfd] and anon_inode:inotify
    [GeneratedRegex(@"^anon_inode:\[?(eventfd|eventpoll|inotify|timerfd|signalfd)\]?$")]
    private static partial Regex AnonymousInode();
}
