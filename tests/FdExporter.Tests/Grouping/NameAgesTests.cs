using FdExporter.Grouping;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Grouping;

public class NameAgesTests
{
    private readonly SteppedTime _time = new();
    private readonly NameAges<string> _ages;

    public NameAgesTests() => _ages = new NameAges<string>(TimeSpan.FromMinutes(1), _time);

    [Fact]
    public void Name_IsYoungForAMinute()
    {
        Assert.Equal([false, true], Scan(("old", 100), ("new", 1)));
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal([false, true, true], Scan(("old", 100), ("new", 1), ("other", 1)));
        _time.Advance(TimeSpan.FromSeconds(45));
        Assert.Equal([false, false, true], Scan(("old", 100), ("new", 1), ("other", 1)));
    }

    [Fact]
    public void NewNameOfAnOldProcess_IsAsOldAsTheLastScan()
    {
        Scan(("a", 1000));
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal([true], Scan(("renamed", 1000)));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal([false, true], Scan(("renamed again", 1000), ("started", 3)));
    }

    [Fact]
    public void CrashLoop_KeepsItsName()
    {
        Scan(("a", 1000));
        for (int i = 0; i < 4; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            Scan(("a", 1000), ("loops", 3));
            _time.Advance(TimeSpan.FromSeconds(10));
            Scan(("a", 1000));
        }

        Assert.Equal([false], Scan(("loops", 3)));

        // Also after a pause, and no longer than ten minutes.
        Wait(9);
        Assert.Equal([false], Scan(("loops", 3)));
        Wait(11);
        Assert.Equal([true], Scan(("loops", 0)));
    }

    [Fact]
    public void NamesThatComeAndGo_AreForgotten()
    {
        Scan(("a", 1000));
        for (int i = 0; i < 200; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            int scan = i;
            Scan([("a", 1000), .. Enumerable.Range(0, 300).Select(each => ($"x{scan}-{each}", 0))]);
        }

        Assert.InRange(Enumerable.Range(0, 200 * 300).Count(i => _ages.Knows($"x{i / 300}-{i % 300}")), 300, 2000);
        Assert.Equal([false], Scan(("a", 0)));
    }

    [Fact]
    public void NoAge_NoneIsYoung()
    {
        NameAges<string> ages = new(TimeSpan.Zero, _time);
        ages.BeginScan();
        Assert.True(ages.Knows("a"));
        Assert.False(ages.IsYoung("a", TimeSpan.Zero));
    }

    private void Wait(int minutes)
    {
        for (int i = 0; i < minutes; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            Scan(("a", 1000));
        }
    }

    private bool[] Scan(params (string Name, int Age)[] names)
    {
        _ages.BeginScan();
        bool[] young = [.. names.Select(each => _ages.IsYoung(each.Name, _ages.Knows(each.Name) ? TimeSpan.Zero : TimeSpan.FromSeconds(each.Age)))];
        _ages.EndScan();
        return young;
    }
}
