using FdExporter.Grouping;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Grouping;

public class StickyTopTests
{
    [Fact]
    public void Choose_MoreThanFit_TakesTheHighest()
    {
        StickyTop<string> top = new(2, TimeProvider.System);
        Choose(top, ("a", 1), ("b", 3), ("c", 2));
        Assert.Equal((false, true, true), (top.Contains("a"), top.Contains("b"), top.Contains("c")));
    }

    [Fact]
    public void Choose_NewcomerALittleHigher_DoesNotTakeAPlace()
    {
        StickyTop<string> top = new(1, TimeProvider.System);
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
        StickyTop<string> top = new(1, TimeProvider.System);
        Choose(top, ("a", 100), ("b", 1));
        Choose(top, ("b", 1));
        Assert.False(top.Contains("a"));
        Assert.True(top.Contains("b"));
    }

    [Fact]
    public void Choose_NoPlaces_ChoosesNone()
    {
        StickyTop<string> top = new(0, TimeProvider.System);
        Choose(top, ("a", 1));
        Assert.False(top.Contains("a"));
    }

    [Fact]
    public void Choose_DecoysOfOneTenant_LeaveHalfOfThePlacesToTheOthers()
    {
        StickyTop<string> top = new(20, TimeProvider.System);
        top.Clear();
        for (int i = 0; i < 200; i++)
        {
            top.Add($"decoy{i}", 305, "mallory");
        }

        for (int i = 0; i < 15; i++)
        {
            top.Add($"service{i}", 10 + i, $"service{i}.service");
        }

        top.Choose();
        Assert.Equal(10, Enumerable.Range(0, 200).Count(i => top.Contains($"decoy{i}")));
        Assert.Equal(Enumerable.Range(5, 10), Enumerable.Range(0, 15).Where(i => top.Contains($"service{i}")));
    }

    [Fact]
    public void Choose_OneNameOfTwoTenants_CountsForTheTenantWithFewerOthers()
    {
        StickyTop<string> top = new(4, TimeProvider.System);
        top.Clear();
        top.Add("nginx", 500);
        top.AddShare("nginx", 400, "mallory");
        top.AddShare("nginx", 100, "nginx.service");
        for (int i = 0; i < 9; i++)
        {
            top.Add($"decoy{i}", 600);
            top.AddShare($"decoy{i}", 600, "mallory");
        }

        top.Choose();
        Assert.True(top.Contains("nginx"));
    }

    [Fact]
    public void Choose_TenantsWithLittle_TakeNoPlacesThatTheyDoNotNeed()
    {
        StickyTop<string> top = new(10, TimeProvider.System);
        top.Clear();
        for (int i = 0; i < 30; i++)
        {
            top.Add($"one{i}", 100 - i, "one");
        }

        top.Add("two", 1, "two");
        top.Choose();
        Assert.True(top.Contains("two"));
        Assert.Equal(9, Enumerable.Range(0, 30).Count(i => top.Contains($"one{i}")));
    }

    [Fact]
    public void Choose_Young_WaitsUnlessItHoldsMuch_AndOfThoseAQuarterOfThePlacesInAMinute()
    {
        SteppedTime time = new();
        StickyTop<int> top = new(20, time);
        top.Clear();
        top.Add(1, 1, isYoung: true);
        top.Choose();

        // The first choice treats none as young, and chosen members stay.
        Assert.True(top.Contains(1));
        Assert.Equal(5, ChosenOf(100, holdsMuch: true));
        Assert.Equal(0, ChosenOf(200, holdsMuch: true));
        Assert.Equal(0, ChosenOf(300, holdsMuch: false));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(5, ChosenOf(400, holdsMuch: true));
        Assert.True(top.Contains(1));

        int ChosenOf(int first, bool holdsMuch)
        {
            top.Clear();
            top.Add(1, 1, isYoung: true);
            for (int i = first; i < first + 15; i++)
            {
                top.Add(i, 5000, isYoung: true, holdsMuch: holdsMuch);
            }

            top.Choose();
            return Enumerable.Range(first, 15).Count(top.Contains);
        }
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
