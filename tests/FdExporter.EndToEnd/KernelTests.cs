using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The release build on Linux 6.1: before 6.2 descriptors are counted by listing them, which requires a capability.</summary>
public sealed partial class KernelTests(OldKernel kernel) : IClassFixture<OldKernel>, IAsyncLifetime
{
    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(RuntimeInformation.OSArchitecture == Architecture.X64, "the kernel that tests/kernels/install takes is for x86-64");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Kernel_IsAnOldOne() => Assert.StartsWith("6.1.", await kernel.ReadAsync("release"), StringComparison.Ordinal);

    /// <summary>deploy/docs/security.md, "Privileges", the paragraph about kernels before 6.2.</summary>
    [Theory]
    [InlineData("root", "full=7")]
    [InlineData("capable", "full=7")]
    [InlineData("reader", "count_only=6 full=1")]
    [InlineData("tracer", "full=1 none=6")]
    [InlineData("nobody", "full=2 none=5")]
    public async Task EachUser_SeesWhatTheReadmeSays(string user, string processes)
    {
        Metrics metrics = await kernel.MetricsAsync(user);
        bool isFull = processes == "full=7";
        bool isCounted = !processes.Contains("none", StringComparison.Ordinal);
        Assert.Equal(1, metrics["fd_exporter_source_info{tcp=\"sock_diag\",fd_count=\"readdir\"}"]);
        Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));

        // init, appserver, apart, own, wget, its time limit, and the exporter.
        Assert.Equal(processes, metrics.Breakdown("fd_exporter_processes", "visibility"));

        // Counts where they may be listed. Names are known to every user.
        Assert.Equal(isCounted, metrics.Has("fd_group_open_fds{group=\"appserver\"}"));
        Assert.Equal(isCounted ? 302 : 0, metrics.Sum("fd_group_open_fds", ("group", "appserver")));
        Assert.Equal(isCounted, metrics.Has("fd_group_max_process_fd_ratio{group=\"appserver\"}"));
        Assert.Equal(1, metrics["fd_group_processes{group=\"appserver\"}"]);

        // Types and owners only with both capabilities, sockets in any case, also those of the other namespace.
        Assert.Equal(isFull ? "device=2 socket=300" : "", metrics.Breakdown("fd_group_fds", "type", ("group", "appserver")));
        Assert.Equal(isFull ? "close_wait=300" : "", metrics.Breakdown("fd_group_tcp_sockets", "state", ("group", "appserver")));
        Assert.Equal(300, metrics["fd_tcp_sockets{netns=\"host\",state=\"close_wait\"}"]);
        Assert.Equal(340, metrics.Sum("fd_tcp_sockets", ("state", "close_wait")));
        Assert.Equal(isFull ? 0 : 340, metrics.Sum("fd_exporter_unattributed_sockets", ("state", "close_wait")));
        Assert.Equal(isFull ? 0 : 340, metrics.Sum("fd_close_wait_sockets", ("group", "[unknown]"), ("cause", "not_closed")));
        Assert.Equal(isFull ? 300 : 0, metrics.Sum("fd_close_wait_sockets", ("group", "appserver"), ("cause", "not_closed")));
        Assert.Equal(isFull ? 40 : 0, metrics.Sum("fd_close_wait_sockets", ("group", "apart"), ("cause", "not_closed")));
    }

    [Fact]
    public async Task UserNobody_SeesItsOwnProcesses()
    {
        Metrics metrics = await kernel.MetricsAsync("nobody");
        Assert.Equal(2, metrics["fd_exporter_processes{visibility=\"full\"}"]);
        Assert.Equal(52, metrics["fd_group_open_fds{group=\"own\"}"]);
        Assert.Equal("device=2 eventfd=50", metrics.Breakdown("fd_group_fds", "type", ("group", "own")));
    }

    [Theory]
    [InlineData("root", 0, "full")]
    [InlineData("capable", 0, "full")]
    [InlineData("reader", 1, "count_only")]
    [InlineData("tracer", 1, "none")]
    [InlineData("nobody", 1, "none")]
    public async Task Check_SaysSo(string user, int exitCode, string visibility)
    {
        string text = await kernel.OutputAsync($"{user}.check", exitCode);
        Assert.Contains("note   kernel              Linux 6.1.", text, StringComparison.Ordinal);
        Match processes = ProcessesLine().Match(text);
        Assert.True(processes.Success, text);
        Assert.Equal(exitCode == 0 ? "ok" : "blind", processes.Groups["status"].Value);
        Assert.True(int.Parse(processes.Groups[visibility].Value, CultureInfo.InvariantCulture) >= 4, text);
        Assert.Equal(exitCode == 0, text.Contains("Everything can be read and served.", StringComparison.Ordinal));

        // A capability that is held is not requested.
        string unwrapped = Unwrapped(text);
        Assert.Equal(visibility == "none", unwrapped.Contains("descriptors of other users' processes are not counted without CAP_DAC_READ_SEARCH.", StringComparison.Ordinal));
        Assert.Contains("descriptors are counted by listing them", unwrapped, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("root")]
    [InlineData("capable")]
    public async Task Explain_NamesTheCulprit(string user)
        => Assert.Contains(
            $"appserver (pid {(await kernel.ReadAsync("appserver")).Trim()}) holds 300 sockets in CLOSE_WAIT",
            Unwrapped(await kernel.OutputAsync($"{user}.explain")),
            StringComparison.Ordinal);

    [Fact]
    public async Task Explain_AsUserNobody_SaysThatTheNumbersAreNotKnown()
    {
        string text = Unwrapped(await kernel.OutputAsync("nobody.explain"));
        Assert.Contains("An unknown program holds 340 sockets in CLOSE_WAIT", text, StringComparison.Ordinal);
        Assert.Matches("The number of descriptors is not known for [4-9] processes\\.", text);

        // It sees the handles of the machine, but only its own descriptors.
        Assert.DoesNotContain("belong to", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("root", "302       600   50%     300        300")]
    [InlineData("capable", "302       600   50%     300        300")]
    [InlineData("nobody", "?       600     ?       ?          ?")]
    public async Task Top_ShowsWhatIsKnown(string user, string row)
        => Assert.Matches(
            $" {Regex.Escape(row)} +{(await kernel.ReadAsync("appserver")).Trim()} payment  appserver\n",
            await kernel.OutputAsync($"{user}.top"));

    [Theory]
    [InlineData("root", 0, "Descriptors     302 of 600 (50 %), hard limit 600")]
    [InlineData("capable", 0, "Descriptors     302 of 600 (50 %), hard limit 600")]
    [InlineData("nobody", 1, "Descriptors     ? of 600, hard limit 600")]
    public async Task Inspect_ShowsWhatIsKnown(string user, int exitCode, string descriptors)
    {
        string text = await kernel.OutputAsync($"{user}.inspect", exitCode);
        Assert.Contains(descriptors, text.Replace('\u00a0', ' '), StringComparison.Ordinal);
        Assert.Equal(exitCode == 0, Regex.IsMatch(text, "    300 +[0-9a-z]+ socket +close_wait to 127.0.0.1:"));
    }

    /// <summary>Without the modules of sock_diag every namespace is read as text, by root too.</summary>
    [Fact]
    public async Task WithoutTheModules_EverySocketIsReadAsText()
    {
        Metrics metrics = await kernel.MetricsAsync("text");
        Assert.Equal(1, metrics["fd_exporter_source_info{tcp=\"procfs\",fd_count=\"readdir\"}"]);
        Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
        Assert.Equal(300, metrics.Sum("fd_close_wait_sockets", ("group", "appserver"), ("cause", "not_closed")));
        Assert.Equal(40, metrics.Sum("fd_close_wait_sockets", ("group", "apart"), ("cause", "not_closed")));
        string check = await kernel.OutputAsync("text.check");
        Assert.Matches("note   tcp                 by procfs \\([a-z]+ NETLINK_SOCK_DIAG: [^)]+\\); other network namespaces: 1 as text\n", string.Join(' ', check.Split("\n                           ")));
        Assert.Contains("ok     socket_owners       0 of ", check, StringComparison.Ordinal);
    }

    /// <summary>Listing takes seconds here without being a hang, and each descriptor is followed.</summary>
    [Fact]
    public async Task HundredsOfThousandsOfDescriptors_AreCountedAndReported()
    {
        Metrics metrics = await kernel.MetricsAsync("most");
        Assert.Equal(100_002, metrics["fd_group_open_fds{group=\"many\"}"]);
        Assert.Equal(400_002, metrics["fd_group_open_fds{group=\"most\"}"]);
        Assert.Equal("device=2 eventfd=400000", metrics.Breakdown("fd_group_fds", "type", ("group", "most")));
        Assert.Equal(0, metrics["fd_exporter_hung_processes"]);
        Assert.Equal(0, metrics["fd_exporter_unwalked_processes"]);
        Assert.Equal(0, metrics["fd_exporter_processes{visibility=\"none\"}"]);
        Assert.DoesNotContain("level=WARN", await kernel.ReadAsync("most.metrics.log"), StringComparison.Ordinal);
    }

    private static string Unwrapped(string text) => Regex.Replace(text, "\\s+", " ");

    [GeneratedRegex("^(?<status>[a-z]+) +processes +(?<full>[0-9]+) full, (?<count_only>[0-9]+) count_only, (?<none>[0-9]+) none$", RegexOptions.Multiline)]
    private static partial Regex ProcessesLine();
}
