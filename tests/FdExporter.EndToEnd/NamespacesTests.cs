using System.Globalization;
using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Real network namespaces besides the host's, with real leaks inside.</summary>
public sealed partial class NamespacesTests : IAsyncDisposable
{
    private const string BringUp = "ip link set lo up && exec \"$@\"";

    private readonly List<string> _named = [];

    public async ValueTask DisposeAsync()
    {
        foreach (string name in _named)
        {
            await Child.RunAsync("ip", null, "netns", "delete", name);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ForeignNamespace_IsCountedApartAndItsSocketsHaveOwners(bool mayEnter)
    {
        await using LeakLab here = await LeakLab.StartAsync("close-wait", "--count", "21", "--name", "here", "--hold-peer");
        await using LeakLab there = await StartInsideAsync("close-wait", "--count", "33", "--name", "there", "--hold-peer");
        await using LeakLab mapped = await StartInsideAsync("server-close-wait", "--count", "12", "--name", "mapped", "--family", "mapped", "--no-read", "--hold-peer");
        await using Exporter exporter = await StartExporterAsync(mayEnter);
        Metrics metrics = await exporter.ScrapeAsync();
        string netns = NamespaceOf(there.Child.Pid);
        Assert.Equal("close_wait=33 fin_wait2=33 listen=1", metrics.Breakdown("fd_tcp_sockets", "state", ("netns", netns)));
        Assert.Equal("close_wait=12 fin_wait2=12 listen=1", metrics.Breakdown("fd_tcp_sockets", "state", ("netns", NamespaceOf(mapped.Child.Pid))));
        Assert.Equal(11, metrics.With("fd_tcp_sockets", ("netns", netns)).Count());
        Assert.Equal("close_wait=33", OwnedBy(metrics, there.Child.Pid));
        Assert.Equal("fin_wait2=33 listen=1", OwnedBy(metrics, Pid(there.Ready["peer_pid"])));
        Assert.Equal("close_wait=21", OwnedBy(metrics, here.Child.Pid));
        Assert.Equal(33, metrics[$"fd_close_wait_sockets{{group=\"there\",direction=\"outbound\",address=\"127.0.0.1:{there.Port}\",cause=\"not_closed\"}}"]);
        Assert.Equal(12, metrics[$"fd_close_wait_sockets{{group=\"mapped\",direction=\"inbound\",address=\":{mapped.Port}\",cause=\"not_noticed\"}}"]);

        // The host's own source is netlink either way.
        Assert.Equal(1, metrics["fd_exporter_source_info{tcp=\"sock_diag\",fd_count=\"stat\"}"]);
        Assert.Equal(mayEnter, HeldInside(exporter, there.Child.Pid).Length == 1);
    }

    [Fact]
    public async Task NamespaceOfSeveralProcesses_IsReadOnce_AndTheHostIsNotDoubled()
    {
        string name = await AddNamedAsync();
        await using LeakLab first = await StartInNamedAsync(name, "close-wait", "--count", "10", "--name", "first", "--hold-peer");
        await using LeakLab second = await StartInNamedAsync(name, "established", "--count", "15", "--name", "second");
        await using LeakLab host = await LeakLab.StartAsync("close-wait", "--count", "17", "--name", "hostly", "--hold-peer");
        await using Exporter exporter = await StartExporterAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(NamespaceOf(first.Child.Pid), NamespaceOf(second.Child.Pid));
        Assert.Equal("close_wait=10 established=30 fin_wait2=10 listen=2", metrics.Breakdown("fd_tcp_sockets", "state", ("netns", name)));
        Assert.Equal("close_wait=10", OwnedBy(metrics, first.Child.Pid));
        Assert.Equal("established=15", OwnedBy(metrics, second.Child.Pid));
        Assert.Equal("close_wait=17", OwnedBy(metrics, host.Child.Pid));
        Assert.Equal(17, metrics.Sum("fd_close_wait_sockets", ("group", "hostly")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NamespaceWhoseLastProcessEnded_IsForgottenAndDies(bool asZombie)
    {
        await using Exporter exporter = await StartExporterAsync();
        string[] shell = ["--net", "sh", "-c", "echo inside $$; exec sleep 300"];

        // If the parent does not reap its child, it leaves a zombie, which is in no namespace any more.
        await using Child parent = asZombie
            ? Child.Start("sh", ["-c", "unshare \"$@\" & exec sleep 300", "sh", .. shell])
            : Child.Start("unshare", shell);
        int pid = Pid((await parent.WaitForLineAsync("inside "))["inside ".Length..]);

        // The end of the pair inside, and with it the one here, exists as long as the namespace.
        string link = FormattableString.Invariant($"fdx{pid}");
        await RunAsync("ip", "link", "add", link, "type", "veth", "peer", "name", "inside", "netns", pid.ToString(CultureInfo.InvariantCulture));
        string netns = NamespaceOf(pid);
        Metrics metrics = await ScrapeUntilFactsAreKeptAsync(exporter);
        Assert.Equal(11, metrics.With("fd_tcp_sockets", ("netns", netns)).Count());
        string held = Assert.Single(HeldInside(exporter, pid));
        Assert.Contains(link, await LinksAsync(), StringComparison.Ordinal);

        Child.Signal(pid, 9);
        await Eventually.TrueAsync(
            () => HasEnded(pid) && Directory.Exists(FormattableString.Invariant($"/proc/{pid}")) == asZombie,
            () => $"{pid} has not ended as expected");
        metrics = await exporter.ScrapeAsync();
        Assert.Empty(metrics.With("fd_tcp_sockets", ("netns", netns)));
        Assert.DoesNotContain(held, Held(exporter));
        await Eventually.TrueAsync(async () => !(await LinksAsync()).Contains(link, StringComparison.Ordinal), () => $"{netns} still exists");
        Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
    }

    [Fact]
    public async Task NamespaceWhoseLastProcessMovedAway_IsForgotten()
    {
        // The same process, under the same name, goes to the namespace of the host.
        await using Exporter exporter = await StartExporterAsync();
        await using Child mover = Child.Start(
            "unshare", "--net", "sh", "-c", "echo inside; read go; exec nsenter --net=/proc/1/ns/net sh -c 'echo outside; read end'");
        await mover.WaitForLineAsync("inside");
        string netns = NamespaceOf(mover.Pid);
        Metrics metrics = await ScrapeUntilFactsAreKeptAsync(exporter);
        Assert.NotEmpty(metrics.With("fd_tcp_sockets", ("netns", netns)));
        string held = Assert.Single(HeldInside(exporter, mover.Pid));
        await mover.WriteLineAsync("");
        await mover.WaitForLineAsync("outside");
        metrics = await exporter.ScrapeAsync();
        Assert.Empty(metrics.With("fd_tcp_sockets", ("netns", netns)));
        Assert.DoesNotContain(held, Held(exporter));
    }

    [Fact]
    public async Task Direction_IsDecidedByTheListenersOfTheSameNamespace()
    {
        await using LeakLab here = await LeakLab.StartAsync("close-wait", "--count", "1", "--name", "caller-here", "--hold-peer");
        (_, string output, _) = await Child.RunAsync("ss", null, "-Htn", "state", "close-wait", $"dport = :{here.Port}");
        string local = LocalPort().Match(output).Groups[1].Value;

        // A process in another namespace listens on the very port from which our outgoing connection comes.
        await using LeakLab there = await StartInsideAsync("server-close-wait", "--count", "3", "--port", local, "--name", "callee-there", "--hold-peer");
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal("outbound", Metrics.LabelOf(Assert.Single(metrics.With("fd_close_wait_sockets", ("group", "caller-here"))).Key, "direction"));
        KeyValuePair<string, double> inbound = Assert.Single(metrics.With("fd_close_wait_sockets", ("group", "callee-there")));
        Assert.Equal(($"fd_close_wait_sockets{{group=\"callee-there\",direction=\"inbound\",address=\":{local}\",cause=\"not_closed\"}}", 3), (inbound.Key, inbound.Value));
    }

    [Fact]
    public async Task NamespaceOfAUnit_IsCalledByTheUnit()
    {
        string mount = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        string unit = FormattableString.Invariant($"fd-exporter-test-{Environment.ProcessId}.service");
        bool isMounted = (await Child.RunAsync("mount", null, "-t", "cgroup2", "none", mount)).ExitCode == 0;
        try
        {
            Assert.SkipUnless(isMounted && TryCreate(Path.Combine(mount, unit)), "cgroup2 may not be written here");
            await using LeakLab lab = await LeakLab.StartAsAsync(
                "sh", "-c", $"echo $$ > '{mount}/{unit}/cgroup.procs' && exec \"$@\"", "sh",
                "unshare", "--net", "sh", "-c", BringUp, "sh", LeakLab.Binary, "established", "--count", "4", "--name", "in-unit");
            await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
            Metrics metrics = await exporter.ScrapeAsync();
            Assert.Equal("established=8 listen=1", metrics.Breakdown("fd_tcp_sockets", "state", ("netns", unit)));
            Assert.Equal("established=4", OwnedBy(metrics, lab.Child.Pid));
        }
        finally
        {
            if (isMounted)
            {
                await Eventually.TrueAsync(() => TryDelete(Path.Combine(mount, unit)), () => $"{unit} is not empty");
                await Child.RunAsync("umount", null, mount);
            }

            Directory.Delete(mount);
        }
    }

    private static Task<LeakLab> StartInsideAsync(params IEnumerable<string> arguments)
        => LeakLab.StartAsAsync("unshare", ["--net", "sh", "-c", BringUp, "sh", LeakLab.Binary, .. arguments]);

    private static Task<LeakLab> StartInNamedAsync(string name, params IEnumerable<string> arguments)
        => LeakLab.StartAsAsync("ip", ["netns", "exec", name, LeakLab.Binary, .. arguments]);

    private async Task<string> AddNamedAsync()
    {
        string name = FormattableString.Invariant($"fd-exporter-test-{Environment.ProcessId}");
        await RunAsync("ip", "netns", "add", name);
        _named.Add(name);
        await RunAsync("ip", "-n", name, "link", "set", "lo", "up");
        return name;
    }

    /// <summary>It sees control groups from its own on, so that a unit in which the tests run gives no namespace its name.</summary>
    private static Task<Exporter> StartExporterAsync(bool mayEnter = true)
    {
        string[] without = mayEnter ? [] : ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"];
        return Exporter.StartAsAsync("unshare", ["--cgroup", .. without, Exporter.Binary, "--limits.top-processes=10000"]);
    }

    /// <summary>The facts of a process are read on two scans while it is young, and rarely after that.</summary>
    private static async Task<Metrics> ScrapeUntilFactsAreKeptAsync(Exporter exporter)
    {
        await exporter.ScrapeAsync();
        await exporter.ScrapeAsync();
        return await exporter.ScrapeAsync();
    }

    private static async Task RunAsync(string program, params IEnumerable<string> arguments)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(program, null, arguments);
        Assert.True(exitCode == 0, output + error);
    }

    private static async Task<string> LinksAsync() => (await Child.RunAsync("ip", null, "-br", "link")).Output;

    private static string OwnedBy(Metrics metrics, int pid)
        => metrics.Breakdown("fd_process_tcp_sockets", "state", ("pid", pid.ToString(CultureInfo.InvariantCulture)));

    private static int Pid(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string NamespaceOf(int pid)
    {
        string link = new FileInfo(FormattableString.Invariant($"/proc/{pid}/ns/net")).LinkTarget!;
        Assert.NotEqual(new FileInfo("/proc/1/ns/net").LinkTarget, link);
        return link;
    }

    /// <summary>Inodes of the netlink sockets that the exporter has in the network namespace of a process.</summary>
    private static string[] HeldInside(Exporter exporter, int pid)
    {
        string[] inside = [.. File.ReadLines(FormattableString.Invariant($"/proc/{pid}/net/netlink"))
            .Skip(1)
            .Select(static line => $"socket:[{line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1]}]")];
        return [.. Held(exporter).Intersect(inside)];
    }

    private static IEnumerable<string> Held(Exporter exporter)
        => Directory.GetFileSystemEntries($"/proc/{exporter.Child.Pid}/fd").Select(static fd => new FileInfo(fd).LinkTarget ?? "");

    private static bool HasEnded(int pid)
    {
        try
        {
            string stat = File.ReadAllText(FormattableString.Invariant($"/proc/{pid}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..][0] == 'Z';
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static bool TryCreate(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool TryDelete(string folder)
    {
        try
        {
            // Its files belong to the kernel and disappear with it.
            return !Directory.Exists(folder) || Rmdir(folder);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool Rmdir(string folder) => Child.RunAsync("rmdir", null, folder).GetAwaiter().GetResult().ExitCode == 0;

    [GeneratedRegex(@":(\d+)\s+\S+:\d+\s*$", RegexOptions.Multiline)]
    private static partial Regex LocalPort();
}
