using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Rules;
using FdExporter.Model;
using static FdExporter.Tests.Diagnosis.WatchedHost;

namespace FdExporter.Tests.Diagnosis;

/// <summary>Handles that no descriptor shows: who is named when they climb, and when nothing is said.</summary>
public class OutsideHandlesTests
{
    private const int Minutes = 1500;

    private static readonly OutsideHolder s_worker = new("worker", OutsideKind.Mapped, 5_200, new ProcessId(7, 1), 5_200);

    [Fact]
    public void Climb_NamesWhoMapsTheFiles()
    {
        Finding finding = Assert.Single(Climbing(200, inDescriptors: 0, s_worker).Verdict().Findings);
        Assert.StartsWith("7 000 file handles of this machine have no descriptor, +200/h over the last 3 h 0 min. worker (pid 7) holds 5 200 of them: files that it has mapped and closed, or shared memory.", Plain(finding.Text), StringComparison.Ordinal);
        Assert.Equal(("handles_outside_descriptors", Severity.Warning, 7), (finding.Rule, finding.Severity, finding.Culprit!.Value.Pid));
        Assert.Contains("/proc/7/maps", finding.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(OutsideKind.SharedMemory), "segments of System V shared memory that it has made", "ipcs -m -p")]
    [InlineData(nameof(OutsideKind.IoUring), "files that it has registered with an io_uring", "fd-exporter inspect 7")]
    public void EachKind_HasItsWordsAndItsCommand(string kind, string text, string command)
    {
        Finding finding = Assert.Single(Climbing(200, inDescriptors: 0, s_worker with { Kind = Enum.Parse<OutsideKind>(kind) }).Verdict().Findings);
        Assert.Contains(text, finding.Text, StringComparison.Ordinal);
        Assert.Contains(command, finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void DescriptorsInFlight_AreNamedByTheirReceiver()
    {
        VerdictInput input = Climbing(200, inDescriptors: 0, s_worker with { Count = 10 });
        input = input with
        {
            Host = input.Host with { Snapshot = input.Host.Snapshot with { Ownership = input.Host.Snapshot.Ownership! with { InFlight = [new InFlightSample(0, 4_800)] } } },
        };
        Finding finding = Assert.Single(input.Verdict().Findings, static finding => finding.Rule == "handles_outside_descriptors");
        Assert.EndsWith("worker (pid 7) holds 4 800 of them: descriptors sent to it over a Unix socket and not received.", Plain(finding.Text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "No program was found that holds as many: the kernel itself")]
    [InlineData(false, "No program was found that holds as many, but not all could be looked at: the kernel itself")]
    public void WhereNobodyHoldsAsMany_ThatIsSaid(bool isComplete, string text)
    {
        VerdictInput input = Climbing(200, inDescriptors: 0, s_worker with { Count = 100 });
        input = input with { Handles = input.Handles! with { Outside = input.Handles.Outside with { IsComplete = isComplete } } };
        Finding finding = Assert.Single(input.Verdict().Findings);
        Assert.Contains(text, finding.Text, StringComparison.Ordinal);
        Assert.Null(finding.Culprit);
    }

    /// <summary>Descriptors explain it, or the number is constant, or it may fall again.</summary>
    [Theory]
    [InlineData(200, 150, Minutes)]
    [InlineData(0, 0, Minutes)]
    [InlineData(200, 0, 300)]
    public void OtherRises_AreSilence(double perHour, double inDescriptors, int minutes)
    {
        VerdictInput input = Climbing(perHour, inDescriptors, s_worker, minutes);
        Assert.DoesNotContain(input.Verdict().Findings, static finding => finding.Rule == "handles_outside_descriptors");
        Assert.False(SystemHandlesRule.NeedsCount(input));
    }

    /// <summary>Children that inherited files had hidden the rise of their descriptors; the walk has compared them.</summary>
    [Fact]
    public void WhereTheOpenFilesExplainIt_NothingIsSaid()
    {
        VerdictInput input = Climbing(200, inDescriptors: 0, s_worker);
        Assert.True(SystemHandlesRule.NeedsCount(input));
        Assert.Empty((input with { Handles = input.Handles! with { Handles = 8_900 } }).Verdict().Findings);
        Assert.Empty((input with { Handles = null }).Verdict().Findings);
    }

    [Fact]
    public void ManyHandles_WithoutDescriptors_NameWhoHasThem()
    {
        VerdictInput input = After(0, static _ => HandleGrowthTests.Snapshot(16_400, [Process(7, "worker", 258)], [Holding(FdType.File, 258)], [])) with
        {
            Handles = new HandleCount(328, 328, new ProgramHandles("worker", 1, 258, 258, 0, new ProcessId(7, 1), 258)) { Outside = new([s_worker with { Count = 12_000, OfFirst = 12_000 }], IsComplete: true) },
        };
        Finding finding = Assert.Single(input.Verdict().Findings);
        Assert.Equal(
            "This machine uses 16 400 file handles (threshold 15 000). 16 072 of them have no descriptor. worker (pid 7) holds 12 000 of them: files that it has mapped and closed, or shared memory.",
            Plain(finding.Text));
        Assert.Equal((7, Severity.Warning), (finding.Culprit!.Value.Pid, finding.Severity));
    }

    /// <param name="inDescriptors">Of the rise, in open files of the same program.</param>
    private static VerdictInput Climbing(double perHour, double inDescriptors, OutsideHolder holder, int minutes = Minutes)
        => After(minutes, minute => HandleGrowthTests.Snapshot(
            Before(minutes - minute, 9_000, perHour),
            [Process(7, "worker", Before(minutes - minute, 4_000, inDescriptors))],
            [Holding(FdType.Device, Before(minutes - minute, 4_000, inDescriptors))],
            [])) with
        {
            Handles = new HandleCount(2_000, 2_000, null) { Outside = new([holder], IsComplete: true) },
        };
}
