using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The command soak, which is run manually for 20,000 scrapes, with few enough for a test.</summary>
public class SoakTests
{
    private static readonly string s_soak = Path.Combine(Repository.Root, "tests", "FdExporter.Benchmarks", "soak");

    [Fact]
    public async Task TwoHundredScrapesOnAChangingLoad_NoErrorNoDriftNoGrowth()
    {
        (int exitCode, string output, string error) = await Child.RunAsync(s_soak, null, "--no-build", "--scrapes", "200", "--exporter", Exporter.Binary);
        Assert.True(exitCode == 0, output + error);
        Assert.Contains("200 scrapes in ", output, StringComparison.Ordinal);
        Assert.Contains(", 4 comparisons with ss and ls\n", output, StringComparison.Ordinal);
        Assert.EndsWith("passed: no errors, no differences, no growth\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnExporterThatDoesNotShowWhatSsShows_HasDrifted()
    {
        string wrapper = Path.GetTempFileName();
        try
        {
            File.WriteAllText(wrapper, $"#!/bin/sh\nexec '{Exporter.Binary}' --no-collector.tcp \"$@\"\n");
            File.SetUnixFileMode(wrapper, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            (int exitCode, string output, string error) = await Child.RunAsync(s_soak, null, "--no-build", "--scrapes", "60", "--exporter", wrapper);
            Assert.True(exitCode == 1, output + error);
            Assert.Contains("FAILED\n", output, StringComparison.Ordinal);
            Assert.Contains("\nscrape 50: difference: exporter established=NaN ", output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(wrapper);
        }
    }
}
