using FdExporter.Diagnosis.History;

namespace FdExporter.Tests.Diagnosis.History;

/// <summary>How fast a number grows, and when that is known.</summary>
public class HistorySeriesTests
{
    [Theory]
    [InlineData(0, null)]
    [InlineData(4, null)]
    [InlineData(5, 190.0)]
    [InlineData(60, 190.0)]
    [InlineData(500, 190.0)]
    public void Leak_IsMeasuredFromFiveMinutesOn(int minutes, double? perHour)
    {
        HistorySeries series = Of(minutes, static minute => (long)(1000 + (minute * 190.0 / 60)));
        Growth? growth = series.Growth();
        Assert.Equal(perHour is null, growth is null);
        if (growth is { } known)
        {
            Assert.InRange(known.PerHour, perHour!.Value * 0.9, perHour.Value * 1.1);
            Assert.Equal(Math.Min(minutes, 180), known.Over.TotalMinutes);
            Assert.Equal(minutes >= 120, known.Climb.IsClimbing);
        }
    }

    /// <summary>The level hours before do not hide its pace; a rise of twenty minutes may still be a burst.</summary>
    [Theory]
    [InlineData(20, 0, 150, 180)]
    [InlineData(60, 1300, 1500, 60)]
    [InlineData(120, 1300, 1500, 120)]
    public void LeakAfterLevelHours_HasItsOwnPace(int minutes, double least, double most, double over)
    {
        HistorySeries series = Of(300 + minutes, minute => 2000 + (Math.Max(0, minute - 300) * 24));
        Growth growth = series.Growth()!.Value;
        Assert.InRange(growth.PerHour, least, most);
        Assert.InRange(growth.Over.TotalMinutes, over - 10, over + 10);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(30)]
    public void ShortTeeth_HaveNoPace(int period)
    {
        HistorySeries series = Of(300, minute => 2000 + (minute % period * 100));
        Assert.InRange(series.Growth()!.Value.PerHour, -200, 200);
    }

    [Fact]
    public void Bursts_DoNotMoveTheSlope()
    {
        HistorySeries series = Of(120, static minute => minute % 7 < 3 ? 9000 : 100);
        Assert.Equal(0, series.Growth()!.Value.PerHour);
        Assert.False(series.Growth()!.Value.Climb.IsClimbing);
    }

    [Fact]
    public void LeakUnderBursts_IsItsFloor()
    {
        HistorySeries series = Of(120, static minute => (minute % 7 < 3 ? 9000 : 100) + minute);
        Assert.InRange(series.Growth()!.Value.PerHour, 55, 65);
        Assert.True(series.Growth()!.Value.Climb.IsClimbing);
    }

    [Fact]
    public void Step_IsNoClimb()
    {
        HistorySeries series = Of(120, static minute => minute < 50 ? 100 : 5000);
        Assert.False(series.Growth()!.Value.Climb.IsClimbing);
    }

    [Fact]
    public void Restart_LeavesTheRateOfTheLeak()
    {
        HistorySeries series = Of(120, static minute => minute < 90 ? 5000 + (minute * 10) : (minute - 90) * 10);
        Assert.InRange(series.Growth()!.Value.PerHour, 490, 610);
        Assert.False(series.Growth()!.Value.Climb.IsClimbing);
    }

    [Fact]
    public void FallingNumber_IsNegativeAndReachesNothing()
    {
        Growth growth = Of(60, static minute => 10_000 - (minute * 100)).Growth()!.Value;
        Assert.InRange(growth.PerHour, -6100, -5900);
        Assert.Null(growth.TimeTo(20_000, 4000));
    }

    [Fact]
    public void LeastOfAMinute_Counts()
    {
        HistorySeries series = new(7);
        foreach (long value in (long[])[50, 20, 90, 20, 60])
        {
            series.Add(7, value);
        }

        Assert.Equal([20L], series.Minutes());
    }

    [Fact]
    public void MinutesWithoutALook_AreUnknown_NotZero()
    {
        HistorySeries series = new(0);
        series.Add(0, 5);
        series.Add(3, 6);
        Assert.Equal([5L, null, null, 6L], series.Minutes());
    }

    [Fact]
    public void ScrapesEveryFiveMinutes_AreEnough()
    {
        HistorySeries series = new(0);
        for (int minute = 0; minute <= 120; minute += 5)
        {
            series.Add(minute, minute * 10);
        }

        Assert.InRange(series.Growth()!.Value.PerHour, 590, 610);
        Assert.True(series.Growth()!.Value.Climb.IsClimbing);
    }

    [Fact]
    public void SilenceLongerThanTheRing_ForgetsWhatWasBefore()
    {
        HistorySeries series = Of(20, static minute => minute);
        series.Add(1000, 3);
        Assert.Null(series.Growth());
        Assert.Equal([3L], series.Minutes().Where(static floor => floor is not null));
        Assert.Equal(HistorySeries.Length, series.Minutes().Count());
    }

    [Fact]
    public void NumbersBeyondTheRing_AreClamped()
    {
        HistorySeries series = new(0);
        series.Add(0, long.MaxValue);
        Assert.Equal([uint.MaxValue - 1L], series.Minutes());
    }

    [Theory]
    [InlineData(1260, 190, 65_536, 9930, 292.7)]
    [InlineData(510, 190, 65_536, 9930, null)]
    [InlineData(510, 190, 8192, 4192, 21.1)]
    [InlineData(330, 190, 16384, 9000, null)]
    [InlineData(20, 190, 1000, 900, null)]
    [InlineData(40, 190, 1000, 900, 0.5)]
    [InlineData(40, 190, 1000, 790, null)]
    [InlineData(40, 0, 1000, 900, null)]
    [InlineData(1260, 190, 1000, 1000, null)]
    public void TimeToALimit_IsKnownForAProvenClimb_OrNearIt(int minutes, double perHour, double limit, double now, double? hours)
    {
        TimeSpan over = TimeSpan.FromMinutes(minutes);
        Climb climb = minutes >= 90 ? new Climb(over, perHour * over.TotalHours, perHour) : default;
        Assert.Equal(hours, new Growth(perHour, over, climb).TimeTo(limit, now)?.TotalHours is { } time ? Math.Round(time, 1) : null);
    }

    /// <summary>A garbage collector closes descriptors like this; a restart does not count.</summary>
    [Theory]
    [InlineData(60, true)]
    [InlineData(400, false)]
    public void Number_ThatFallsByHalfTwice_FallsAgain(int period, bool falls)
        => Assert.Equal(falls, Of(600, minute => 20 + (minute % period)).Growth()!.Value.FallsAgain);

    private static HistorySeries Of(int lastMinute, Func<int, long> value)
    {
        HistorySeries series = new(0);
        for (int minute = 0; minute <= lastMinute; minute++)
        {
            series.Add(minute, value(minute));
        }

        return series;
    }
}
