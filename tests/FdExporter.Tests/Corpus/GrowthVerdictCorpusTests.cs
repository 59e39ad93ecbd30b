using FdExporter.Diagnosis;

namespace FdExporter.Tests.Corpus;

/// <summary>The verdict, asked in every minute of each labelled series' life.</summary>
public class GrowthVerdictCorpusTests
{
    public static TheoryData<int> Seen => [.. GrowthCorpus.Seen];

    public static TheoryData<int> HeldOut => [.. GrowthCorpus.HeldOut];

    [Fact]
    public void Corpus_HasAtLeastTwentySeriesOfBothKinds()
    {
        Assert.InRange(GrowthCorpus.All.Count(static each => each.IsLeak), 20, 1000);
        Assert.InRange(GrowthCorpus.All.Count(static each => !each.IsLeak), 20, 1000);
    }

    [Theory]
    [MemberData(nameof(Seen))]
    public void Verdict_NamesEachLeakInTime_AndLeavesTheQuietOnesAlone(int seed)
    {
        (LabelledSeries Series, LivedSeries Lived)[] all = [.. GrowthCorpus.All.AsParallel().AsOrdered().Select(series => (series, LivedSeries.Of(series, seed)))];
        string[] table = [.. all.Select(each =>
            $"{each.Series.Name} {(each.Series.IsLeak ? $"leak by {each.Series.Deadline(seed)}" : "quiet")}: {each.Lived.Named} {each.Lived.Worst} noted {each.Lived.Noted} accused {each.Lived.Accused} {each.Lived.First}")];
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', table));
        (LabelledSeries Series, LivedSeries Lived)[] quiet = [.. all.Where(static each => !each.Series.IsLeak)];
        (LabelledSeries Series, LivedSeries Lived)[] leaks = [.. all.Where(static each => each.Series.IsLeak)];
        Assert.Empty(leaks.Where(static each => each.Lived.Named is null).Select(static each => each.Series.Name));
        string[] late = [.. leaks.Where(each => !(each.Lived.Named >= each.Series.LeakStart && each.Lived.Named <= each.Series.Deadline(seed))).Select(static each => each.Series.Name)];
        Assert.True(late.Length * 9 <= leaks.Length, string.Join(", ", late));
        Assert.Empty(quiet.Where(static each => each.Lived.Accused > 0).Select(static each => (each.Series.Name, each.Lived)));
        (string, LivedSeries)[] noted = [.. quiet.Where(static each => each.Lived.Worst == Severity.Note).Select(static each => (each.Series.Name, each.Lived))];
        Assert.True(noted.Length * 20 <= quiet.Length, string.Join('\n', noted));
    }
    /// <summary>Seeds that the judge was not made with miss the measure at times; what must not happen at all is asked of them too.</summary>
    [Theory]
    [MemberData(nameof(HeldOut))]
    public void Verdict_OfSeedsNotSeen_MissesNoLeak_AndCallsNoQuietOneCritical(int seed)
        => Assert.Empty(GrowthCorpus.All.AsParallel().AsOrdered()
            .Select(series => (Series: series, Lived: LivedSeries.Of(series, seed)))
            .Where(static each => each.Series.IsLeak ? each.Lived.Named is null : each.Lived.Worst == Severity.Critical)
            .Select(static each => (each.Series.Name, each.Lived)));
}
