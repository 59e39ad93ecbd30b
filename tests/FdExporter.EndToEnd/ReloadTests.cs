using System.Diagnostics;
using System.Net;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>A rule file, and its reload by signal and by HTTP.</summary>
public sealed class ReloadTests : IDisposable
{
    private const int SIGHUP = 1;
    private const string Good = "process_names: [{name: 'tenant {{.Matches.tenant}}', exe: [sh], cmdline: ['--tenant=(?P<tenant>\\w+)']}]";
    private const string Better = "process_names: [{name: 'customer {{.Matches.tenant}}', exe: [sh], cmdline: ['--tenant=(?P<tenant>\\w+)']}]";
    private const string Bad = "process_names:\n  - name: bad\n    comand: [sh]\n";
    private const string Successful = "fd_exporter_config_last_reload_successful";
    private const string Timestamp = "fd_exporter_config_last_reload_success_timestamp_seconds";
    private const string Blue = "fd_group_processes{group=\"tenant blue\"}";
    private const string CustomerBlue = "fd_group_processes{group=\"customer blue\"}";

    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    private string Rules => Path.Combine(_folder, "rules.yml");

    private string Complaint => $"{Rules}:3: process_names[0].comand: unknown key; known are name, comm, exe, cmdline";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Rules_ByCommandLine_NameGroupsAndTheRestIsOther()
    {
        await using Child blue = Tenant("blue");
        await using Child alsoBlue = Tenant("blue");
        await using Child green = Tenant("green");
        await using Exporter exporter = await StartAsync(Good);
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(2, metrics[Blue]);
        Assert.Equal(1, metrics["fd_group_processes{group=\"tenant green\"}"]);
        Assert.True(metrics["fd_group_processes{group=\"other\"}"] >= 2);
        Assert.Equal(0, metrics["fd_exporter_folded{family=\"fd_group\"}"]);
        Assert.Equal(
            metrics.Family("fd_exporter_processes").Sum(static each => each.Value),
            metrics.Family("fd_group_processes").Sum(static each => each.Value));
    }

    [Fact]
    public async Task LiteralName_HasNoProcesses_WithoutAProgram()
    {
        const string rules = "process_names:\n  - {name: literal, comm: [not-started]}\n  - {name: \"{{.Comm}}\", cmdline: [.]}\n";
        await using Exporter exporter = await StartAsync(rules, "--groups.exclude=^fd-");
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(0, metrics["fd_group_processes{group=\"literal\"}"]);
        Assert.Equal(0, metrics.Sum("fd_group_open_fds", ("group", "literal")));
        Assert.Empty(metrics.With("fd_group_processes", ("group", "fd-exporter")));
        File.WriteAllText(Rules, rules.Replace("literal", "another", StringComparison.Ordinal));
        exporter.Child.Signal(SIGHUP);
        await Eventually.TrueAsync(
            async () => (await exporter.ScrapeAsync()).With("fd_group_processes", ("group", "another")).Any(),
            () => exporter.Child.Output);
        Assert.Empty((await exporter.ScrapeAsync()).With("fd_group_processes", ("group", "literal")));
    }

    [Fact]
    public async Task BadFileAtStart_IsOneLineThatNamesThePlaceAndExitOne()
    {
        File.WriteAllText(Rules, Bad);
        (int exitCode, string output, string error) = await Child.RunAsync(
            Exporter.Binary, null, $"--config.file={Rules}", "--log.level=warn", "--web.listen-address=127.0.0.1:0");
        Assert.Equal(1, exitCode);
        Assert.Empty(output);
        string line = Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.EndsWith($"level=ERROR msg=\"fd-exporter cannot serve\" err=\"{Complaint}\"", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileThatIsNotThere_IsOneLineThatNamesItAndExitOne()
    {
        (int exitCode, _, string error) = await Child.RunAsync(
            Exporter.Binary, null, $"--config.file={Rules}", "--log.level=warn", "--web.listen-address=127.0.0.1:0");
        Assert.Equal(1, exitCode);
        Assert.Contains($"err=\"{Rules}: cannot be read: ", Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sighup_GoodThenBadFile_RenamesThenKeeps()
    {
        await using Child blue = Tenant("blue");
        await using Exporter exporter = await StartAsync(Good);
        Metrics before = await exporter.ScrapeAsync();
        Assert.Equal((1, 1), (before[Blue], before[Successful]));

        File.WriteAllText(Rules, Better);
        exporter.Child.Signal(SIGHUP);
        await exporter.Child.WaitForLineAsync("level=INFO msg=\"Rules reloaded\"");
        Metrics renamed = await exporter.ScrapeAsync();
        Assert.Equal((1, 1), (renamed[CustomerBlue], renamed[Successful]));
        Assert.False(renamed.Has(Blue));
        Assert.True(renamed[Timestamp] > before[Timestamp]);

        File.WriteAllText(Rules, Bad);
        exporter.Child.Signal(SIGHUP);
        string line = await exporter.Child.WaitForLineAsync("level=ERROR");
        Assert.EndsWith($"msg=\"Rules not reloaded, the old ones stay\" err=\"{Complaint}\"", line, StringComparison.Ordinal);
        Metrics kept = await exporter.ScrapeAsync();
        Assert.Equal((1, 0), (kept[CustomerBlue], kept[Successful]));
        Assert.Equal(renamed[Timestamp], kept[Timestamp]);
    }

    [Fact]
    public async Task SighupFlood_LeavesTheExporterServingTheLastRules()
    {
        await using Child blue = Tenant("blue");
        await using Exporter exporter = await StartAsync(Good);
        File.WriteAllText(Rules, Better);
        for (int i = 0; i < 1000; i++)
        {
            exporter.Child.Signal(SIGHUP);
        }

        await Eventually.TrueAsync(async () => (await exporter.ScrapeAsync()).Has(CustomerBlue), () => exporter.Child.Output);
    }

    [Fact]
    public async Task Sighup_WithoutAFile_ChangesNothing()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        exporter.Child.Signal(SIGHUP);
        await exporter.Child.WaitForLineAsync("No rules to reload");
        Assert.Equal(1, (await exporter.ScrapeAsync())[Successful]);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task Reload_Enabled_AnswersWhenTheRulesAreInUse(string method)
    {
        await using Child blue = Tenant("blue");
        await using Exporter exporter = await StartAsync(Good, "--web.enable-lifecycle");
        Assert.True((await exporter.ScrapeAsync()).Has(Blue));
        File.WriteAllText(Rules, Better);
        Assert.Equal((HttpStatusCode.OK, "FdExporter has reloaded.\n"), await ReloadAsync(exporter, method));
        Assert.Equal(1, (await exporter.ScrapeAsync())[CustomerBlue]);
    }

    [Fact]
    public async Task Reload_BadFile_AnswersWithTheReasonAndKeepsTheRules()
    {
        await using Child blue = Tenant("blue");
        await using Exporter exporter = await StartAsync(Good, "--web.enable-lifecycle");
        File.WriteAllText(Rules, Bad);
        Assert.Equal((HttpStatusCode.InternalServerError, Complaint + "\n"), await ReloadAsync(exporter, "POST"));
        Metrics kept = await exporter.ScrapeAsync();
        Assert.Equal((1, 0), (kept[Blue], kept[Successful]));
        File.WriteAllText(Rules, Better);
        Assert.Equal(HttpStatusCode.OK, (await ReloadAsync(exporter, "POST")).Status);
        Assert.Equal(1, (await exporter.ScrapeAsync())[Successful]);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task Reload_NotEnabled_IsForbiddenAndReloadsNothing(string method)
    {
        await using Exporter exporter = await StartAsync(Good);
        File.WriteAllText(Rules, Bad);
        Assert.Equal((HttpStatusCode.Forbidden, "Lifecycle API is not enabled.\n"), await ReloadAsync(exporter, method));
        Assert.Equal(1, (await exporter.ScrapeAsync())[Successful]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reload_ByGet_IsNotAllowed(bool enabled)
    {
        await using Exporter exporter = enabled ? await Exporter.StartAsync("--web.enable-lifecycle") : await Exporter.StartAsync();
        using HttpResponseMessage response = await exporter.Client.GetAsync("/-/reload");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["POST", "PUT"], response.Content.Headers.Allow.Order());
    }

    [Fact]
    public async Task BacktrackingPattern_OnALongArgument_DelaysNoScrape()
    {
        // A backtracking engine would try 2^100000 ways before it gave up on the b at the end.
        await using Child almost = Child.Start("sh", "-c", "read _", new string('a', 100_000) + "b");
        await using Child full = Child.Start("sh", "-c", "read _", new string('a', 100_000));
        await using Exporter exporter = await StartAsync("process_names: [{name: evil, comm: [sh], cmdline: ['read _ ', '(a+)+$']}]");
        Stopwatch scrape = Stopwatch.StartNew();
        Metrics metrics = await exporter.ScrapeAsync();

        // Usually milliseconds; the bound is wide because the machine may be busy.
        Assert.True(scrape.Elapsed < TimeSpan.FromSeconds(5), $"took {scrape.Elapsed}");
        Assert.Equal(1, metrics["fd_group_processes{group=\"evil\"}"]);
        Assert.Equal(1, metrics["fd_exporter_collector_success{collector=\"process\"}"]);
    }

    // A shell that waits for its stdin with a builtin, so that it stays the shell.
    private static Child Tenant(string name) => Child.Start("sh", "-c", "read _", $"--tenant={name}");

    private static async Task<(HttpStatusCode Status, string Body)> ReloadAsync(Exporter exporter, string method)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), "/-/reload");
        using HttpResponseMessage response = await exporter.Client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private Task<Exporter> StartAsync(string rules, params IEnumerable<string> flags)
    {
        File.WriteAllText(Rules, rules);
        return Exporter.StartAsync([$"--config.file={Rules}", "--limits.name-age=1m", .. flags]);
    }
}
