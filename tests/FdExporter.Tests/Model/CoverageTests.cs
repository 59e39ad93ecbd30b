using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Model;

/// <summary>Why processes are hidden, and what would help: never a capability that is held, nor one that would not help.</summary>
public class CoverageTests
{
    private const string Both = "CAP_SYS_PTRACE CAP_DAC_READ_SEARCH";

    [Theory]
    [InlineData(Both, false, true, "Grant CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH: ")]
    [InlineData("CAP_SYS_PTRACE", false, true, "Grant CAP_SYS_PTRACE too (both are needed): ")]
    [InlineData("", true, true, "Run the exporter outside of a user namespace")]
    [InlineData(Both, true, true, "Run the exporter outside of a user namespace")]
    [InlineData(Both, true, false, "Grant CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH: ")]
    [InlineData("", true, false, "Run the exporter outside of a user namespace")]
    [InlineData("", false, true, "No privilege helps here")]
    public void Advice_IsWhatWouldHelp(string missing, bool isConfined, bool isWholeMachine, string advice)
        => Assert.StartsWith(advice, new Coverage(new ExporterRights(1000, missing, isConfined), isWholeMachine, ShowsFirst: true).Advice, StringComparison.Ordinal);

    [Fact]
    public void Advice_WhereTheRightsCannotBeRead_SaysSo()
        => Assert.Contains("is unknown", (Coverage.Full with { Rights = ExporterRights.Unknown }).Advice, StringComparison.Ordinal);

    [Theory]
    [InlineData(Both, 1, 0, true, true)]
    [InlineData(Both, 1, 1, true, false)]
    [InlineData(Both, 0, 0, false, true)]
    [InlineData(Both, 0, 0, true, false)]
    [InlineData("", 1, 0, true, false)]
    public void Processes_AreHiddenForWantOfARight_NotByAStatThatCannotBeUnderstood(string missing, int unidentified, int malformed, bool showsFirst, bool hides)
    {
        ProcessTable table = new([Snapshots.Process(1, "seen", 3)], unidentified, 0, malformed);
        Assert.Equal(hides, new Coverage(new ExporterRights(1000, missing), true, showsFirst).HidesProcesses(table));
    }

    [Fact]
    public void Zombie_IsFullyKnown_RegardlessOfAccess()
    {
        ProcessSample zombie = Snapshots.Process(9, "x", null);
        zombie = zombie with { Facts = zombie.Facts with { IsZombie = true, Visibility = ProcessVisibility.CountOnly, Uid = 0 } };
        ProcessTable table = new([zombie, zombie with { OpenFds = 0 }], 0, 0, 0);
        Assert.Equal((2, 0, 0), (table.CountOf(ProcessVisibility.Full), table.CountOf(ProcessVisibility.CountOnly), table.CountOf(ProcessVisibility.None)));
        Assert.Equal(0, table.CountDenied(ownUid: 1000));
    }
}
