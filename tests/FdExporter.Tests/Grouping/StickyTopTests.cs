using FdExporter.Grouping;

namespace FdExporter.Tests.Grouping;

public class StickyTopTests
{
    [Fact]
    public void Choose_MoreThanFit_TakesTheHighest()
    {
        StickyTop<string> top = new(2);
        Choose(top, ("a", 1), ("b", 3), ("c", 2));
        Assert.Equal((false, true, true), (top.Contains("a"), top.Contains("b"), top.Contains("c")));
    }

    [Fact]
    public void Choose_NewcomerALittleHigher_DoesNotTakeAPlace()
    {
        StickyTop<string> top = new(1);
        Choose(top, ("a", 100), ("b", 90));
        Choose(top, ("a", 100), ("b", 120));
        Assert.True(top.Contains("a"));
        Choose(top, ("a", 100), ("b", 126));
        Assert.True(top.Contains("b"));
        Choose(top, ("a", 100), ("b", 100));
        Assert.True(top.Contains("b"));
    }

    [Fact]
    public void Choose_MemberGone_LeavesItsPlace()
    {
        StickyTop<string> top = new(1);
        Choose(top, ("a", 100), ("b", 1));
        Choose(top, ("b", 1));
        Assert.False(top.Contains("a"));
        Assert.True(top.Contains("b"));
    }

    [Fact]
    public void Choose_NoPlaces_ChoosesNobody()
    {
        StickyTop<string> top = new(0);
        Choose(top, ("a", 1));
        Assert.False(top.Contains("a"));
    }

    private static void Choose(StickyTop<string> top, params (string Key, double Score)[] candidates)
    {
        top.Clear();
        foreach ((string key, double score) in candidates)
        {
            top.Add(key, score);
        }

        top.Choose();
    }
}
