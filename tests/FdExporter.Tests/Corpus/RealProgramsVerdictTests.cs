using FdExporter.Diagnosis.Findings;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Corpus;

/// <summary>The verdict on real programs, in each minute of ten hours that pass in about a minute.</summary>
[Needs("node", "python3", "ruby", "prlimit")]
public class RealProgramsVerdictTests(ProgramVerdicts programs) : IClassFixture<ProgramVerdicts>
{
    private IEnumerable<ProgramVerdicts.Result> Leaks => programs.All.Where(static each => each.Program.IsLeak);

    private IEnumerable<ProgramVerdicts.Result> Quiet => programs.All.Where(static each => !each.Program.IsLeak);

    [Fact]
    public void EachLeak_IsNamed_AndNineInTenInTime()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', programs.All));
        Assert.All(Leaks, static each => Assert.InRange(each.Verdicts.Named ?? -1, each.Program.Start, int.MaxValue));
        string[] late = [.. Leaks.Where(static each => each.Verdicts.Named > each.Program.Deadline).Select(static each => each.Program.Name)];
        Assert.True(late.Length * 10 <= Leaks.Count(), string.Join(", ", late));
    }

    [Fact]
    public void NoQuietProgram_IsMoreThanANote_AndOneAtTheMostIsANote()
    {
        Assert.DoesNotContain(Quiet, static each => each.Verdicts.Accused > 0);
        Assert.InRange(Quiet.Count(static each => each.Verdicts.Worst == Severity.Note), 0, 1);
    }

    /// <summary>Otherwise a missing finding would prove nothing.</summary>
    [Fact]
    public void EachProgram_HeldWhatThereIsToJudge()
        => Assert.All(programs.All, static each => Assert.InRange(each.MostFds, each.Program.Limit is null ? 200 : 35, each.Program.Limit ?? 1000));
}
