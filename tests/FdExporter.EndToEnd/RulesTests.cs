using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Deploy;

namespace FdExporter.EndToEnd;

/// <summary>The files of deploy/prometheus checked by promtool and amtool.</summary>
public sealed partial class RulesTests : IDisposable
{
    private static readonly JsonSerializerOptions s_asItIs = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("promtool", "check", "rules", "fd-exporter.rules.yml")]
    [InlineData("promtool", "test", "rules", "fd-exporter.test.yml")]
    [InlineData("promtool", "test", "rules", "fd-exporter-hours.test.yml")]
    [InlineData("promtool", "check", "config", "prometheus.yml")]
    [InlineData("promtool", "check", "config", "examples/shard.yml")]
    [InlineData("promtool", "check", "config", "examples/global.yml")]
    [InlineData("promtool", "check", "config", "--agent", "examples/agent.yml")]
    [InlineData("amtool", "check-config", "alertmanager.yml")]
    public async Task Files_PassTheChecksOfTheirTools(string tool, params string[] arguments)
        => await SucceedsAsync(tool, [.. arguments[..^1], Path.Combine(ShortenedRules.Folder, arguments[^1])]);

    [Theory]
    [InlineData("page", "severity=critical")]
    [InlineData("ticket", "severity=warning")]
    [InlineData("note", "severity=info")]
    [InlineData("ticket", "severity=unheard_of")]
    public async Task Routes_LeadBySeverity(string receiver, string label)
        => await SucceedsAsync(
            "amtool", "config", "routes", "test",
            $"--config.file={Path.Combine(ShortenedRules.Folder, "alertmanager.yml")}",
            $"--verify.receivers={receiver}",
            "alertname=FdCloseWaitGrowing", label);

    [Fact]
    public async Task Shortened_AreRightToo()
    {
        ShortenedRules.WriteRules(_folder);
        await SucceedsAsync("promtool", "check", "rules", Path.Combine(_folder, "fd-exporter.rules.yml"));
        await SucceedsAsync("amtool", "check-config", ShortenedRules.WriteAlertmanager(_folder, new Uri("http://127.0.0.1/")));
    }

    /// <summary>The queries that an engineer pastes from a runbook are valid.</summary>
    [Fact]
    public async Task Runbooks_HoldQueriesThatCanBeAsked()
    {
        string[] queries = [.. Runbook.All.SelectMany(static runbook => runbook.Queries)];
        Assert.NotEmpty(queries);
        await CanBeAskedAsync(queries);
    }

    /// <summary>The same for queries to a global Prometheus; an indented line continues the one above.</summary>
    [Fact]
    public async Task Fleet_HoldsQueriesThatCanBeAsked()
    {
        string[] queries = FleetQuery().Matches(File.ReadAllText(Path.Combine(ShortenedRules.Folder, "FLEET.md"))).Select(static match => match.Value).ToArray();
        Assert.Equal(4, queries.Length);
        await CanBeAskedAsync(queries);
    }

    [Theory]
    [InlineData("min_over_time(fd_close_wait_sockets[10m])", "min_over_time(fd_close_wait_sockets[10000ms])")]
    [InlineData("x:min10m > x:min10m offset 15m", "x:min10m > x:min10m offset 15000ms")]
    [InlineData("max_over_time(x:min30m[1h30m:1m])", "max_over_time(x:min30m[90000ms:1000ms])")]
    [InlineData("        for: 15m\n        keep_firing_for: 1h\n", "        for: 15000ms\n        keep_firing_for: 60000ms\n")]
    [InlineData("  group_wait: 30s\n  group_interval: 5m\n  repeat_interval: 1d", "  group_wait: 500ms\n  group_interval: 5000ms\n  repeat_interval: 1440000ms")]
    [InlineData("x < 3600 * y and z{min_age=\"3600\"} # last 10m", "x < 3600 * y and z{min_age=\"3600\"} # last 10m")]
    public void Shortened_AreDurationsAndNothingElse(string text, string expected) => Assert.Equal(expected, ShortenedRules.Shorten(text));

    private async Task CanBeAskedAsync(IEnumerable<string> queries)
    {
        string file = Path.Combine(_folder, "queries.yml");
        StringBuilder rules = new("groups:\n- name: queries\n  rules:\n");
        foreach (string query in queries)
        {
            rules.Append(CultureInfo.InvariantCulture, $"  - record: query_{rules.Length}\n    expr: {JsonSerializer.Serialize(query, s_asItIs)}\n");
        }

        File.WriteAllText(file, rules.ToString());
        await SucceedsAsync("promtool", "check", "rules", file);
    }

    [GeneratedRegex(@"^    (?:sum|topk)\b.*(?:\n      .*)*", RegexOptions.Multiline)]
    private static partial Regex FleetQuery();

    private static async Task SucceedsAsync(string tool, params IEnumerable<string> arguments)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(tool, null, arguments);
        Assert.True(exitCode == 0, $"{tool} {string.Join(' ', arguments)}: {exitCode}\n{output}\n{error}");
    }
}
