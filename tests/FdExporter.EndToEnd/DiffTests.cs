using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The verb <c>diff</c> on real processes.</summary>
public class DiffTests
{
    private const string Leak = "$| = 1; print \"ready\\n\"; while (1) { open(my $file, '<', '/etc/hostname'); push @kept, $file; select(undef, undef, undef, 0.02); }";

    [Fact]
    public async Task ProgramThatOpensAndNeverCloses_IsALeak()
    {
        await using Child leak = Child.Start("perl", "-e", Leak);
        await leak.WaitForLineAsync("ready");
        (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, "diff", leak.Pid.ToString(CultureInfo.InvariantCulture), "--for=2s", "--json");
        Assert.Equal((0, ""), (exitCode, error));
        using JsonDocument document = JsonDocument.Parse(output);
        Assert.True(document.RootElement.GetProperty("new").GetInt64() >= 10, output);
        Assert.Contains("none closed: this is a leak", document.RootElement.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("/etc/*", document.RootElement.GetProperty("kinds")[0].GetProperty("what").GetString());
    }

    [Fact]
    public async Task TwoSavedLists_AreCompared_InTheirOrderOfTime()
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "40", "--name", "appserver", "--hold-peer");
        string pid = lab.Child.Pid.ToString(CultureInfo.InvariantCulture);
        string folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        try
        {
            string saved = (await Child.RunAsync(Exporter.Binary, null, "inspect", pid, "--json")).Output;
            string after = Path.Combine(folder, "after.json");
            File.WriteAllText(after, saved);

            // As it was before it opened 40 connections.
            string before = Path.Combine(folder, "before.json");
            JsonNode earlier = JsonNode.Parse(saved)!;
            JsonArray items = earlier["items"]!.AsArray();
            foreach (JsonNode? item in items.Where(static item => item!["state"]?.GetValue<string>() == "close_wait").ToList())
            {
                items.Remove(item);
            }

            earlier["total"] = items.Count;
            earlier["taken_at"] = "2020-01-01T00:00:00Z";
            File.WriteAllText(before, earlier.ToJsonString());
            foreach (string[] files in (string[][])[[before, after], [after, before]])
            {
                (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, ["diff", .. files]);
                Assert.True(exitCode == 0, error);
                Assert.Contains($"40 new, all connections to 127.0.0.1:{lab.Port}, none closed: this is a leak", output.Replace('\n', ' '), StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("/dev/null", "/dev/null", "is a device, not a regular file")]
    [InlineData("/etc/hostname", "/etc/hostname", "not an evidence file, nor the output of inspect --json")]
    [InlineData("/etc/hostname", null, "needs two files, or a process ID: '/etc/hostname'")]
    [InlineData("999999999", null, "there is no process 999999999, or it is hidden")]
    public async Task WhatCannotBeCompared_IsSaidInOneLine(string first, string? second, string expected)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, second is null ? ["diff", first] : ["diff", first, second]);
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }
}
