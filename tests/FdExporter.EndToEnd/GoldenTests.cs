using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The whole output of the real binary on the captured host.</summary>
public sealed partial class GoldenTests : IDisposable
{
    private readonly FixtureHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("text", Exporter.TextType)]
    [InlineData("openmetrics", Exporter.OpenMetricsType)]
    public async Task Metrics_OfTheCapturedHost(string format, string accept)
    {
        await using Exporter exporter = await Exporter.StartAsync($"--path.procfs={_host.Root}");
        Golden.Verify(Scrub(await exporter.GetAsync("/metrics", accept)), format);
    }

    [Fact]
    public async Task Metrics_OfTheCapturedHost_Folded()
    {
        await using Exporter exporter = await Exporter.StartAsync(
            $"--path.procfs={_host.Root}", "--limits.top-processes=3", "--limits.max-groups=2", "--no-collector.system");
        Golden.Verify(Scrub(await exporter.GetAsync("/metrics")));
    }

    [Fact]
    public async Task Help()
    {
        (int exitCode, string output, _) = await Child.RunAsync(Exporter.Binary, null, "--help");
        Assert.Equal(0, exitCode);
        Assert.All(output.Split('\n'), static line => Assert.True(line.TrimEnd().Length <= 80, line));
        Golden.Verify(output);
    }

    // What differs from run to run is asserted elsewhere.
    private static string Scrub(string metrics) => Changing().Replace(metrics, "$1 SCRUBBED");

    [GeneratedRegex("""^(fd_exporter_build_info|fd_exporter_web_info|fd_exporter_config_last_reload_success_timestamp_seconds|fd_exporter_collector_duration_seconds\{[^}]*\}|process_[a-z_]+)(?:\{[^}]*\})? .*$""", RegexOptions.Multiline)]
    private static partial Regex Changing();
}
