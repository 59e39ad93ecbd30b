using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Rules;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using static FdExporter.Tests.Diagnosis.WatchedHost;

namespace FdExporter.Tests.Diagnosis;

/// <summary>Which program the verdict names for the machine's file handles, and when it names none.</summary>
public class HandleHolderTests
{
    private static readonly ProcessId s_master = new(7, 1);

    [Fact]
    public void OneProcess_IsNamedWithItsShareOfTheHandles()
    {
        Finding finding = FindingOf(16_000, [Process(7, "appserver", 9_930, unit: "payment.service"), Process(8, "b", 500)], Count(10_430, 10_400, Program("appserver", 1, 9_930, 9_930)));
        Assert.Equal("This machine uses 16 000 file handles (threshold 15 000). appserver (pid 7, unit payment.service) holds 9 930 of them, 62 %. 5 600 have no descriptor (mapped files, kernel use).", Plain(finding.Text));
        Assert.Equal((s_master, Severity.Warning), (finding.Culprit, finding.Severity));
    }

    /// <summary>A node or a proxy may always have that many.</summary>
    [Theory]
    [InlineData(8_000, Severity.Note)]
    [InlineData(8_001, Severity.Warning)]
    public void ManyHandles_AreAWarning_OnlyWhereOneProgramHoldsMost(int held, object severity)
        => Assert.Equal(severity, FindingOf(16_000, [Process(7, "a", held), Process(8, "b", 7_990)], Count(held + 7_990, held + 7_990, Program("a", 1, held, held))).Severity);

    [Fact]
    public void SharedDescriptors_AreNoHandles()
    {
        ProcessSample[] processes = [.. Enumerable.Range(7, 21).Select(static pid => Process(pid, "prefork.py", 2_003))];
        Finding finding = FindingOf(16_000, processes, Count(54_063, 15_003, Program("prefork.py", 21, 42_063, 14_000)));
        Assert.Equal(
            "This machine uses 16 000 file handles (threshold 15 000). prefork.py (pid 7) holds 14 000 of them, 87 %, shared by 21 processes with 42 063 descriptors (after fork).",
            Plain(finding.Text));
    }

    [Fact]
    public void ManyProcesses_EachWithFilesOfItsOwn_AreOneProgram()
    {
        ProcessSample[] processes = [.. Enumerable.Range(7, 5).Select(static pid => Process(pid, "worker", 2_000))];
        Finding finding = FindingOf(16_000, processes, Count(12_500, 12_500, Program("worker", 5, 10_000, 10_000) with { OfFirst = 2_000 }));
        Assert.Equal("This machine uses 16 000 file handles (threshold 15 000). worker (2 000 in pid 7) holds 10 000 of them, 62 %, in 5 processes.", Plain(finding.Text));
    }

    [Fact]
    public void Duplicates_AreNoHandles()
    {
        Finding finding = FindingOf(16_000, [Process(7, "a", 60_000)], Count(60_000, 12_500, Program("a", 1, 60_000, 12_500)));
        Assert.Contains("a (pid 7) holds 12 500 of them, 78 %, with 60 000 descriptors (dup).", Plain(finding.Text), StringComparison.Ordinal);
    }

    [Fact]
    public void HolderThatHasEndedSince_IsStillNamedByItsProgram()
    {
        Finding finding = FindingOf(16_000, [Process(9, "b", 10)], Count(13_000, 13_000, Program("a", 1, 12_500, 12_500)));
        Assert.Contains(" a holds 12 500 of them, 78 %.", Plain(finding.Text), StringComparison.Ordinal);
        Assert.Null(finding.Culprit);
    }

    [Fact]
    public void FilesWithoutADescriptor_HaveNoCulprit()
    {
        Finding finding = FindingOf(16_400, [Process(7, "a", 258), Process(8, "b", 70)], Count(328, 328, Program("a", 1, 258, 258)));
        Assert.Equal(
            "This machine uses 16 400 file handles (threshold 15 000). 16 072 of them have no descriptor (mapped files, sockets in flight, kernel use), so the program that holds them is not known.",
            Plain(finding.Text));
        Assert.Null(finding.Culprit);
        Assert.Contains("/maps", finding.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhereFilesCannotBeCompared_DescriptorsAreCalledDescriptors(bool isCounted)
    {
        ProgramHandles unproven = Program("prefork.py", 2, 40_000, 20_000) with { Unproven = 20_000 };
        Finding finding = FindingOf(16_000, [Process(7, "prefork.py", 20_000), Process(8, "prefork.py", 20_000)], isCounted ? Count(40_000, 20_000, unproven) : null);
        Assert.Equal(
            "This machine uses 16 000 file handles (threshold 15 000). prefork.py (most in pid 7) holds the most descriptors: 40 000 in 2 processes. Some may be shared, so the number of handles is not known.",
            Plain(finding.Text));
    }

    [Fact]
    public void WhereFilesCannotBeCompared_TooFewDescriptorsAreStillReported()
    {
        Finding finding = FindingOf(16_400, [Process(7, "a", 258)], null);
        Assert.Contains("At least 16 142 of them have no descriptor", Plain(finding.Text), StringComparison.Ordinal);
        Assert.Null(finding.Culprit);
    }

    [Fact]
    public void Guest_SeesTheMachinesNumber_AndNamesNoProgram()
    {
        Coverage guest = Coverage.Full with { IsWholeMachine = false };
        Finding finding = FindingOf(16_000, [Process(7, "fd-exporter", 15_000)], Count(15_000, 15_000, Program("fd-exporter", 1, 15_000, 15_000)), guest);
        Assert.StartsWith("This machine uses 16 000 file handles (threshold 15 000). The number is for the whole machine; the exporter sees only", Plain(finding.Text), StringComparison.Ordinal);
        Assert.Equal((null, Severity.Note), (finding.Culprit, finding.Severity));
        Assert.DoesNotContain("fd-exporter (pid", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void HiddenProcesses_AreNotLeftOutOfAShare()
    {
        Coverage asNobody = Coverage.Full with { Rights = new ExporterRights(65534, "CAP_SYS_PTRACE CAP_DAC_READ_SEARCH") };
        ProcessSample hidden = Snapshots.Process(8, "payment", null);
        Finding finding = FindingOf(16_000, [Process(7, "fd-exporter", 31), hidden], null, asNobody);
        Assert.EndsWith("The program that holds them is not known: other users' processes are hidden from the exporter.", finding.Text, StringComparison.Ordinal);
        Assert.StartsWith("Grant CAP_SYS_PTRACE", finding.Advice, StringComparison.Ordinal);
        Assert.Null(finding.Culprit);
    }

    [Theory]
    [InlineData(15_000, true, true)]
    [InlineData(14_999, true, false)]
    [InlineData(15_000, false, false)]
    public void OpenFiles_AreCountedOnlyWhereThereIsSomethingToSay(ulong allocated, bool isWholeMachine, bool isCounted)
        => Assert.Equal(isCounted, SystemHandlesRule.NeedsCount(CaseOf(allocated, [Process(7, "a", 5)], null, Coverage.Full with { IsWholeMachine = isWholeMachine })));

    private static Finding FindingOf(ulong allocated, ProcessSample[] processes, HandleCount? count, Coverage? coverage = null)
        => CaseOf(allocated, processes, count, coverage).Verdict().Findings.Single(static each => each.Rule == "system_handles_high");

    private static VerdictInput CaseOf(ulong allocated, ProcessSample[] processes, HandleCount? count, Coverage? coverage)
    {
        HostSnapshot snapshot = Snapshots.Of(processes) with { FileHandles = new FileHandles(allocated, long.MaxValue, null), Coverage = coverage ?? Coverage.Full };
        return new VerdictInput(new HostGrouper(new GroupLimits(20, 200, 50, 100)).Group(snapshot), new HostHistory(TimeProvider.System)) { Handles = count };
    }

    private static HandleCount Count(long descriptors, long handles, ProgramHandles largest) => new(descriptors, handles, largest);

    private static ProgramHandles Program(string group, int processes, long descriptors, long handles)
        => new(group, processes, descriptors, handles, 0, s_master, handles);
}
