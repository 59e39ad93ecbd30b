using System.Text.Json;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Flags, logs, exit codes and signals.</summary>
public class CommandLineTests
{
    [Theory]
    [InlineData("--bogus", "unknown flag '--bogus'")]
    [InlineData("--collector.bogus", "unknown flag '--collector.bogus'")]
    [InlineData("serve", "unknown command 'serve'")]
    [InlineData("--web.max-requests=many", "--web.max-requests: not a number from 1 to 100000: 'many'")]
    [InlineData("--limits.max-groups=0", "--limits.max-groups: not a number from 1 to 100000: '0'")]
    [InlineData("--groups.include=(", "--groups.include: missing ): '('")]
    [InlineData("--network-namespaces.exclude=a(?=b)", "--network-namespaces.exclude: lookahead and lookbehind are not supported: 'a(?=b)'")]
    [InlineData("--log.level=loud", "--log.level: not one of debug, info, warn, error: 'loud'")]
    [InlineData("--log.format=xml", "--log.format: not one of logfmt, json: 'xml'")]
    [InlineData("--web.listen-address=nowhere", "--web.listen-address: not [host]:port: 'nowhere'")]
    [InlineData("--web.listen-address=localhost:0", "--web.listen-address: not [host]:port: 'localhost:0'")]
    [InlineData("--web.telemetry-path=metrics", "--web.telemetry-path: not a path such as /metrics, or one of the exporter's own: 'metrics'")]
    [InlineData("--web.telemetry-path=//x", "--web.telemetry-path: not a path such as /metrics, or one of the exporter's own: '//x'")]
    [InlineData("--web.telemetry-path=/-/healthy", "--web.telemetry-path: not a path such as /metrics, or one of the exporter's own: '/-/healthy'")]
    [InlineData("--web.telemetry-path=/runbooks", "--web.telemetry-path: not a path such as /metrics, or one of the exporter's own: '/runbooks'")]
    [InlineData("--web.external-url=web-1:10070", "--web.external-url: not a URL such as https://web-1.example.com:10070: 'web-1:10070'")]
    [InlineData("--log.level", "Required argument missing for option: '--log.level'")]
    [InlineData("--web.timeout-offset=1", "--web.timeout-offset: not a duration such as 500ms or 0.5s: '1'")]
    public async Task BadArgument_IsOneLineThatNamesItAndExitOne(string argument, string complaint)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, argument);
        Assert.Equal(1, exitCode);
        Assert.Equal($"fd-exporter: error: {complaint}, try --help\n", error);
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("top takes no flag '--web.max-requests'", "top", "--web.max-requests=1")]
    [InlineData("explain takes no flag '--log.level'", "--log.level", "warn", "explain")]
    [InlineData("completion takes no flag '--path.procfs'", "completion", "bash", "--path.procfs=/proc")]
    [InlineData("check takes no flag '--sort'", "--sort=fds", "check")]
    [InlineData("the server takes no flag '--json'", "--json")]
    [InlineData("unknown flag '--bogus=1'", "top", "--bogus=1")]
    [InlineData("top takes no argument '1'", "top", "1")]
    [InlineData("shell: not one of bash, zsh, fish: 'tcsh'", "completion", "tcsh")]
    [InlineData("Required argument missing for command: 'completion'", "completion")]
    [InlineData("inspect takes no flag '--collector.tcp'", "inspect", "1", "--collector.tcp")]
    [InlineData("inspect takes no argument '2'", "inspect", "1", "2")]
    [InlineData("top takes no flag '--groups.include'", "top", "--groups.include=nginx")]
    [InlineData("explain takes no flag '--groups.exclude'", "explain", "--groups.exclude=nginx")]
    public async Task FlagOfAnotherVerb_IsOneLineThatNamesItAndExitOne(string complaint, params string[] arguments)
        => Assert.Equal(
            (1, "", $"fd-exporter: error: {complaint}, try --help\n"),
            await Child.RunAsync(Exporter.Binary, null, arguments));

    [Theory]
    [InlineData("top", "--sort=ratio", "--json", "--limits.top-processes=1")]
    [InlineData("--sort=ratio", "--json", "top", "--limits.top-processes=1")]
    [InlineData("--limits.top-processes", "1", "--json", "--sort", "ratio", "top")]
    public async Task FlagsOfAVerb_StandBeforeItAndBehindIt(params string[] arguments)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, arguments);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Single(JsonDocument.Parse(output).RootElement.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task ValueThatIsCalledLikeAVerb_IsAValue()
        => Assert.Equal(
            (1, "", "fd-exporter: error: open top: No such file or directory\n"),
            await Child.RunAsync(Exporter.Binary, null, "--path.procfs", "top", "explain"));

    [Theory]
    [InlineData("", "--web.", "--config.", "--path.", "--limits.", "--groups.", "--network-namespaces.", "--collector.", "--verdict.", "--evidence.", "--privileges.", "--log.")]
    [InlineData("check", "--web.", "--config.", "--path.", "--limits.", "--groups.", "--network-namespaces.", "--collector.", "--verdict.", "--evidence.", "--privileges.", "--log.", "--json")]
    [InlineData("top", "--config.", "--path.", "--limits.", "--collector.", "--json", "--sort", "--watch", "--interval")]
    [InlineData("inspect", "--config.file", "--path.procfs", "--path.podlogs", "--json", "--all", "--filter")]
    [InlineData("diff", "--config.file", "--path.procfs", "--path.podlogs", "--json", "--for")]
    [InlineData("explain", "--config.", "--path.", "--limits.", "--collector.", "--verdict.", "--json", "--exit-code")]
    [InlineData("completion")]
    public async Task Help_ListsWhatIsTaken_AndNothingElse(string verb, params string[] prefixes)
    {
        (int exitCode, string output, _) = await Child.RunAsync(Exporter.Binary, null, [.. verb.Length > 0 ? [verb] : (string[])[], "--help"]);
        Assert.Equal(0, exitCode);
        string[] flags = [.. output.Split('\n').Where(static line => line.StartsWith("  --", StringComparison.Ordinal)).Select(static line => line.Trim().Split(' ')[0]).Where(static flag => flag != "--version")];
        Assert.All(prefixes, prefix => Assert.Contains(flags, flag => flag.StartsWith(prefix, StringComparison.Ordinal)));
        Assert.All(flags, flag => Assert.Contains(prefixes, prefix => flag.StartsWith(prefix, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Version_NamesProgramVersionAndRevision()
    {
        (int exitCode, string output, _) = await Child.RunAsync(Exporter.Binary, null, "--version");
        Assert.Equal(0, exitCode);
        Assert.Matches(@"^fd-exporter, version \d+\.\d+\.\d+ \(revision: [0-9a-f]*\)\n  runtime: \.NET 10\.[0-9.]+\n$", output);
    }

    [Fact]
    public async Task PortThatIsTaken_IsOneClearLineAndExitOne()
    {
        await using Exporter first = await Exporter.StartAsync();
        (int exitCode, _, string error) = await Child.RunAsync(Exporter.Binary, null, $"--web.listen-address=127.0.0.1:{first.Address.Port}", "--log.level=warn");
        Assert.Equal(1, exitCode);
        string line = Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.Contains("level=ERROR msg=\"fd-exporter cannot serve\"", line, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{first.Address.Port}: address already in use", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProcfsThatIsNotThere_IsOneClearLineAndExitOne()
    {
        (int exitCode, _, string error) = await Child.RunAsync(Exporter.Binary, null, "--path.procfs=/nonexistent/proc", "--log.level=warn");
        Assert.Equal(1, exitCode);
        Assert.Contains("open /nonexistent/proc: No such file or directory", Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task JsonLog_IsOneObjectALine()
    {
        await using Child child = Child.Start(Exporter.Binary, "--log.format=json", "--web.listen-address=127.0.0.1:0");
        await child.WaitForLineAsync("Listening on");
        string[] lines = child.Output.Split('\n');
        Assert.NotEmpty(lines);
        Assert.All(lines, static line => Assert.Equal("INFO", JsonDocument.Parse(line).RootElement.GetProperty("level").GetString()));
    }

    [Fact]
    public async Task DisableDefaults_LeavesOnlyWhatIsSwitchedOn()
    {
        await using Exporter exporter = await Exporter.StartAsync("--collector.disable-defaults", "--collector.tcp");
        Assert.Equal(["tcp"], (await exporter.ScrapeAsync()).ByLabel("fd_exporter_collector_success", "collector").Keys);
    }

    [Theory]
    [InlineData("process,system", "--no-collector.tcp")]
    [InlineData("process,socket_owner,system,tcp", "--collector.disable-defaults", "--collector.socket_owner", "--collector.system")]
    [InlineData("listeners,process,socket_owner,tcp", "--collector.disable-defaults", "--collector.listeners")]
    [InlineData("connections,process,socket_owner,tcp", "--collector.disable-defaults", "--collector.connections")]
    [InlineData("files,process,socket_owner,tcp", "--collector.disable-defaults", "--collector.files")]
    [InlineData("system,tcp", "--no-collector.process")]
    public async Task CollectorMadeOfOthers_BringsThemAlongOrGoesWithThem(string running, params string[] flags)
    {
        await using Exporter exporter = await Exporter.StartAsync(flags);
        Assert.Equal(running, string.Join(',', (await exporter.ScrapeAsync()).ByLabel("fd_exporter_collector_success", "collector").Keys.Order()));
        foreach (string collector in running.Split(','))
        {
            await exporter.ScrapeAsync($"?collect[]={collector}");
        }
    }

    [Fact]
    public async Task CollectorAskedForWithoutWhatItIsMadeOf_IsRefused()
    {
        (int exitCode, _, string error) = await Child.RunAsync(Exporter.Binary, null, "--collector.socket_owner", "--no-collector.tcp");
        Assert.Equal(1, exitCode);
        Assert.Equal("fd-exporter: error: --collector.socket_owner: requires the collector tcp, which --no-collector.tcp disables, try --help\n", error);
    }

    [Theory]
    [InlineData("192.0.2.1:9999", "Cannot assign requested address")]
    [InlineData("127.0.0.1:80", "Permission denied")]
    public async Task UnavailableAddress_IsOneLineThatNamesItAndExitOne(string address, string reason)
    {
        (int exitCode, _, string error) = await Child.RunAsync(
            "setpriv", null, "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service",
            Exporter.Binary, $"--web.listen-address={address}", "--log.level=warn");
        Assert.Equal(1, exitCode);
        Assert.Contains($"listen on {address}: {reason}", Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InotifyExhausted_StillStarts()
    {
        await using Exporter exporter = await Exporter.StartAsAsync(
            "unshare", "--user", "--map-root-user", "sh", "-c", "echo 0 > /proc/sys/user/max_inotify_instances && exec \"$@\"", "sh", Exporter.Binary);
        Assert.True((await exporter.ScrapeAsync()).Has("fd_system_handles_allocated"));
    }

    [Fact]
    public async Task FolderAndEnvironmentItIsStartedIn_ChangeNothing()
    {
        string folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        try
        {
            int port = FreePort.Find();
            File.WriteAllText(
                Path.Combine(folder, "appsettings.json"),
                """{"AllowedHosts": "example.org", "Kestrel": {"Endpoints": {"X": {"Url": "http://127.0.0.1:PORT"}}}}"""
                    .Replace("PORT", port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
            await using Exporter exporter = await Exporter.StartAsAsync(
                "env", "--chdir", folder, $"ASPNETCORE_URLS=http://127.0.0.1:{port}", $"Kestrel__Endpoints__Y__Url=http://127.0.0.1:{port}", Exporter.Binary);
            await exporter.ScrapeAsync();
            Assert.Single(exporter.Child.Output.Split('\n'), static line => line.Contains("Listening on", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task SeveralListenAddresses_AreAllServed()
    {
        await using Exporter exporter = await Exporter.StartAsync("--web.listen-address=127.0.0.2:0");
        await Eventually.TrueAsync(() => exporter.Child.Output.Split("Listening on").Length == 3, () => exporter.Child.Output);
    }

    [Fact]
    public async Task Sigterm_WithIdleConnections_EndsAtOnceWithExitZero()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        await exporter.ScrapeAsync();
        System.Diagnostics.Stopwatch ending = System.Diagnostics.Stopwatch.StartNew();
        exporter.Child.Terminate();
        Assert.Equal(0, await exporter.Child.WaitForExitAsync());

        // The host would wait 30 s by default; the bound is wide because the machine may be busy.
        Assert.True(ending.Elapsed < TimeSpan.FromSeconds(5), $"ended after {ending.Elapsed}");
    }
}
