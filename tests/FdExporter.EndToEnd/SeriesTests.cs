using System.Globalization;
using FdExporter.Benchmarks.Fleet;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The formula of deploy/prometheus/FLEET.md compared with the real exporter, on machines of known size.</summary>
public sealed class SeriesTests : IDisposable
{
    /// <summary>The captured host: ten programs, [kernel] among them; ten processes whose descriptors are known.</summary>
    private static readonly HostSeries s_captured = new()
    {
        Groups = 10, GroupsWithLimit = 9, Types = 16, GroupStates = 4, Protocols = 2, ProcessStates = 4, InodelessStates = 1, Processes = 10, Endpoints = 1, Causes = 1, Listeners = 2,
        AddressStates = 3, KnowsPorts = false,
    };

    /// <summary>Socket, pipe, file, eventfd, eventpoll, device: when all its programs are one group.</summary>
    private const int TypesOfAll = 6;

    private readonly FixtureHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task TheCapturedHost() => await HoldsAsync(s_captured);

    [Theory]
    [InlineData(10)]
    [InlineData(90)]
    public async Task MorePrograms_AllShown(int programs)
    {
        AddPrograms(programs);
        await HoldsAsync(
            s_captured with
            {
                Groups = 10 + programs,
                GroupsWithLimit = 9 + programs,
                Types = 16 + programs,
                Processes = 10 + programs,
            },
            "--limits.top-processes=200");
    }

    [Theory]
    [InlineData(90, 20, 5)]
    [InlineData(90, 7, 40)]
    [InlineData(90, 0, 1)]
    public async Task MorePrograms_Folded(int programs, int topProcesses, int maxGroups)
    {
        // The added ones hold most: 27 devices each, no socket. All types and sockets of the others are in `other`.
        AddPrograms(programs);
        await HoldsAsync(
            s_captured with
            {
                Groups = maxGroups + 1,
                GroupsWithLimit = maxGroups + 1,
                Types = maxGroups + TypesOfAll,
                GroupStates = 3, Protocols = 1, ProcessStates = 3, InodelessStates = 1,
                Processes = topProcesses,
                HasOtherProcesses = true,
            },
            FormattableString.Invariant($"--limits.top-processes={topProcesses}"),
            FormattableString.Invariant($"--limits.max-groups={maxGroups}"));
    }

    [Theory]
    [InlineData("", "system process tcp socket_owner listeners connections files")]
    [InlineData("", "system", "--collector.disable-defaults", "--collector.system")]
    [InlineData("", "system process tcp", "--no-collector.socket_owner")]
    [InlineData("", "process tcp socket_owner listeners connections files", "--no-collector.system")]
    [InlineData("", "system process tcp socket_owner connections files", "--no-collector.listeners")]
    [InlineData("", "system process tcp socket_owner listeners files", "--no-collector.connections")]
    [InlineData("", "system process tcp socket_owner listeners connections", "--no-collector.files")]
    [InlineData("?collect[]=tcp", "tcp")]
    [InlineData("?collect[]=system&collect[]=process", "system process")]
    public async Task FewerCollectors(string query, string collectors, params string[] flags)
        => await HoldsAsync(s_captured with { Collectors = collectors.Split(' ') }, query, flags);

    /// <summary>Real namespaces and real sockets: the series that each adds on the machine of the tests.</summary>
    [Fact]
    public async Task MoreNamespacesAndEndpoints_AddWhatTheFormulaSays()
    {
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
        IReadOnlyDictionary<string, int> before = await CountAsync(exporter, "");
        await using LeakLab one = await LeakLab.StartAsync("close-wait", "--count", "20", "--name", "one", "--hold-peer");
        await using LeakLab two = await StartInsideAsync("server-close-wait", "--count", "20", "--name", "two", "--hold-peer", "--no-read");
        await using LeakLab three = await StartInsideAsync("close-wait", "--count", "20", "--name", "three", "--hold-peer");
        IReadOnlyDictionary<string, int> after = await CountAsync(exporter, "");

        // Three programs, and one for the peers of all three: with two processes each, and sockets.
        HostSeries none = new();
        HostSeries added = new() { Namespaces = 1 + 2, Groups = 4, GroupsWithLimit = 4, Processes = 6, Endpoints = 3, Causes = 3, Listeners = 3, KnownListeners = 3, ListenersWithDrops = 3, AddressStates = 6 };
        foreach ((string family, int count) in added.Families().Where(static each => each.Key is not "fd_group_fds"))
        {
            int expected = count - none.Families().GetValueOrDefault(family);
            Assert.Equal((family, expected), (family, after.GetValueOrDefault(family) - before.GetValueOrDefault(family)));
        }
    }

    /// <summary>Whatever runs on a machine, the flags bound the series.</summary>
    [Fact]
    public async Task Limits_BoundTheSeries()
    {
        HostSeries most = HostSeries.Most(topProcesses: 3, maxGroups: 4, topEndpoints: 2, topConnections: 2, maxNamespaces: 1);
        await using Exporter exporter = await Exporter.StartAsync(
            "--limits.top-processes=3", "--limits.max-groups=4", "--limits.top-endpoints=2", "--limits.top-connections=2", "--limits.max-namespaces=1");
        for (int i = 0; i < 3; i++)
        {
            // Different ones each time: a series that is no longer shown is kept for a while.
            await using LeakLab one = await LeakLab.StartAsync("close-wait", "--count", "20", "--name", Name("a", i), "--hold-peer");
            await using LeakLab two = await StartInsideAsync("server-close-wait", "--count", "30", "--name", Name("b", i), "--hold-peer");
            await using LeakLab three = await StartInsideAsync("close-wait", "--count", "10", "--name", Name("c", i), "--hold-peer", "--no-read");
            IReadOnlyDictionary<string, int> counts = await CountAsync(exporter, "");
            Assert.Equal(most.Namespaces * 11, counts["fd_tcp_sockets"]);
            Assert.Equal(most.Processes, counts["fd_process_info"]);
            Assert.Equal(most.Groups, counts["fd_group_processes"]);
            Assert.All(counts, each => Assert.True(each.Value <= most.Families()[each.Key], $"{each.Key}: {each.Value} of {most.Families()[each.Key]}"));
        }
    }

    private static string Name(string prefix, int i) => FormattableString.Invariant($"{prefix}{i}");

    private static Task<LeakLab> StartInsideAsync(params string[] arguments)
        => LeakLab.StartAsAsync("unshare", ["--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh", LeakLab.Binary, .. arguments]);

    private async Task HoldsAsync(HostSeries expected, params string[] flags) => await HoldsAsync(expected, "", flags);

    private async Task HoldsAsync(HostSeries expected, string query, string[] flags)
    {
        await using Exporter exporter = await Exporter.StartAsync([$"--path.procfs={_host.Root}", .. flags]);
        IReadOnlyDictionary<string, int> actual = await CountAsync(exporter, query);
        Assert.Equal(Lines((expected with { IsKernel = false }).Families()), Lines(actual));
    }

    private static string Lines(IReadOnlyDictionary<string, int> families)
        => string.Join('\n', families.OrderBy(static each => each.Key, StringComparer.Ordinal).Select(static each => $"{each.Key} {each.Value}"));

    /// <summary>The series of the second scrape: the count of answered scrapes is a series only after the first.</summary>
    private static async Task<IReadOnlyDictionary<string, int>> CountAsync(Exporter exporter, string query)
    {
        await exporter.GetAsync("/metrics" + query);
        return (await exporter.GetAsync("/metrics" + query)).Split('\n')
            .Where(static line => line.Length > 0 && line[0] != '#')
            .GroupBy(static line => line[..line.IndexOfAny(['{', ' '])])
            .ToDictionary(static family => family.Key, static family => family.Count());
    }

    /// <summary>Programs with one process each, in their own units, modelled on the captured one with 27 devices.</summary>
    private void AddPrograms(int count)
    {
        for (int i = 0; i < count; i++)
        {
            string pid = (1000 + i).ToString(CultureInfo.InvariantCulture);
            _host.Clone("58", pid);
            _host.Write($"{pid}/cgroup", $"0::/system.slice/program-{pid}.service\n");
            _host.Write($"{pid}/stat", File.ReadAllText(_host.PathOf("58/stat"))
                .Replace("58 (near-limit)", $"{pid} (program-{pid})", StringComparison.Ordinal));
        }
    }
}
