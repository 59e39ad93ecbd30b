using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd.Attacks;

/// <summary>Programs that a user starts to displace others from the top lists.</summary>
public class DecoysTests
{
    /// <summary>
    /// A shell that renames itself to its second argument and holds as many descriptors as the first says, for at most half a minute.
    /// </summary>
    private const string Holder = "printf %s \"$2\" > /proc/$$/comm; for ((i = 0; i < $1; i++)); do exec {fd}</dev/null; done; echo ready; read -t 30 go";

    /// <summary>Thirty large processes of an unprivileged user: the small ones of others keep their share of the places.</summary>
    [Fact]
    public async Task LargeDecoysOfOneUser_LeavePlacesToOthers()
    {
        await using Child decoys = await StartAsync(
            "setpriv", "--reuid=65533", "--regid=65533", "--clear-groups", "bash", "-c",
            "for i in {1..30}; do coproc bash -c \"$0\" bash 300 decoy$i 2>&3; read line <&${COPROC[0]}; done 3>&2 2> /dev/null; echo ready; read go; kill $(jobs -p)", Holder);
        await using Child culprit = await StartAsync("bash", "-c", Holder, "bash", "40", "culprit");
        await using Exporter exporter = await Exporter.StartAsync("--limits.max-groups=20", "--limits.top-processes=20");
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.InRange(CountOf(metrics, "decoy"), 10, 17);
        Assert.InRange(metrics["fd_group_open_fds{group=\"culprit\"}"], 40, 60);
        await decoys.WriteLineAsync("go");
    }

    /// <summary>Names that live shorter than two scrapes get no series but are in the sums; those that stay get one.</summary>
    [Fact]
    public async Task ShortLivedNames_MakeNoSeries_AndNoneIsLost()
    {
        await using Exporter exporter = await Exporter.StartAsync("--limits.name-age=10s");
        Metrics before = await exporter.ScrapeAsync();
        await using Child shell = await StartAsync(
            "bash", "-c", "for i in {1..60}; do coproc bash -c \"$0\" bash 0 random$i 2>&3; read line <&${COPROC[0]}; done 3>&2 2> /dev/null; echo ready; read go; kill $(jobs -p)", Holder);
        Metrics after = await exporter.ScrapeAsync();
        Assert.Equal(0, CountOf(after, "random"));
        Assert.InRange(after.Sum("fd_group_processes") - before.Sum("fd_group_processes"), 61, 90);
        Assert.True(after.Sum("fd_group_processes", ("group", "other")) >= 60);
        await Eventually.TrueAsync(
            async () => CountOf(await exporter.ScrapeAsync(), "random") == 60,
            static () => "names that stay are not shown");
        await shell.WriteLineAsync("go");
    }

    private static int CountOf(Metrics metrics, string prefix)
        => metrics.Family("fd_group_open_fds").Count(each => Metrics.LabelOf(each.Key, "group").StartsWith(prefix, StringComparison.Ordinal));

    private static async Task<Child> StartAsync(string program, params string[] arguments)
    {
        Child child = Child.Start(program, arguments);
        await child.WaitForLineAsync("ready");
        return child;
    }
}
