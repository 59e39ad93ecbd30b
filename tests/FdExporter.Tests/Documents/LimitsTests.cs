using System.Text.Json;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Documents;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Documents;

/// <summary>A limit that is none is no number, and neither is what would be divided by it.</summary>
public class LimitsTests
{
    [Fact]
    public void Process_WithoutALimit_HasNoRatio()
    {
        ProcessDocument process = ProcessDocument.Of(new ProcessRow(Snapshots.Process(7, "appserver", 500, softLimit: null), null, null));
        Assert.Equal((true, null, null, null), (process.Unlimited, process.SoftLimit, process.HardLimit, process.FdRatio));
    }

    [Fact]
    public void Process_WithALimit_HasBoth()
    {
        ProcessDocument process = ProcessDocument.Of(new ProcessRow(Snapshots.Process(7, "appserver", 500), null, null));
        Assert.Equal((false, 1024UL, 0.4883), (process.Unlimited, process.SoftLimit, process.FdRatio));
    }

    [Fact]
    public void Group_HasTheRatioOfItsProcessesWithALimit()
        => Assert.Equal(
            ((string, double?)[])[("idle", 0.0), ("limited", 0.4883), ("unlimited", null)],
            HostOf(null,
                Snapshots.Process(1, "unlimited", 500, softLimit: null),
                Snapshots.Process(2, "limited", 900, softLimit: null),
                Snapshots.Process(3, "limited", 500),
                Snapshots.Process(4, "idle", 0)).Groups!.Select(static group => (group.Name, group.MaxProcessFdRatio)));

    [Theory]
    [InlineData(1048576UL, "{\"allocated\":16240,\"max\":1048576,\"unlimited\":false,")]
    [InlineData(9223372036854775807UL, "{\"allocated\":16240,\"max\":null,\"unlimited\":true,")]
    public void MaximumThatCannotBeReached_IsNone(ulong max, string json)
        => Assert.Contains(
            $"\"file_handles\":{json}",
            string.Concat(JsonSerializer.Serialize(HostOf(new FileHandles(16240, max, null)), DocumentJson.Default.HostDocument).Where(static c => c is not (' ' or '\n'))),
            StringComparison.Ordinal);

    private static HostDocument HostOf(FileHandles? handles, params ProcessSample[] processes)
    {
        FakeTimeProvider time = new();
        HostHistory history = new(time);
        GroupedHost host = new HostGrouper(new GroupLimits(20, 200, 50, 100) { NameAge = TimeSpan.Zero }, time).Group(Snapshots.Of(processes) with { FileHandles = handles });
        return HostDocument.Of(host, history, Verdict.Of(new VerdictInput(host, history)));
    }
}
