using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>What promtool and amtool say of the files that are shipped.</summary>
public class RulesTests
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "deploy", "prometheus");

    [Theory]
    [InlineData("promtool", "check", "rules", "fd-exporter.rules.yml")]
    [InlineData("promtool", "test", "rules", "fd-exporter.test.yml")]
    [InlineData("promtool", "check", "config", "prometheus.yml")]
    [InlineData("amtool", "check-config", "alertmanager.yml")]
    public async Task Tool_OnAFileThatIsShipped_FindsNothing(string program, params string[] arguments)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(program, null, [.. arguments[..^1], Path.Combine(s_folder, arguments[^1])]);
        Assert.True(exitCode == 0, output + error);
    }

    [Theory]
    [InlineData("page", "severity=critical", "alertname=FdNotAccepted")]
    [InlineData("ticket", "severity=warning", "alertname=FdCloseWaitGrowing")]
    [InlineData("ticket", "alertname=SomethingElse")]
    public async Task Route_OfAnAlert_LeadsToItsReceiver(string receiver, params string[] labels)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(
            "amtool", null, ["config", "routes", "test", $"--config.file={Path.Combine(s_folder, "alertmanager.yml")}", .. labels]);
        Assert.True(exitCode == 0, error);
        Assert.Equal(receiver + "\n", output);
    }
}
