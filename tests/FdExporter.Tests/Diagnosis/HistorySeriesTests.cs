using FdExporter.Diagnosis;

namespace FdExporter.Tests.Diagnosis;

/// <summary>How fast a number grows, and when that can be told.</summary>
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
            Assert.Equal(Math.Min(minutes, HistorySeries.Length - 1), known.Over.TotalMinutes);
            Assert.Equal(minutes >= 30, known.IsSteady);
        }
    }

    [Fact]
    public void Bursts_DoNotMoveTheSlope()
    {
        HistorySeries series = Of(120, static minute => minute % 7 < 3 ? 9000 : 100);
        Assert.Equal(0, series.Growth()!.Value.PerHour);
        Assert.False(series.Growth()!.Value.IsSteady);
    }

    [Fact]
    public void LeakUnderBursts_IsItsFloor()
    {
        HistorySeries series = Of(120, static minute => (minute % 7 < 3 ? 9000 : 100) + minute);
        Assert.InRange(series.Growth()!.Value.PerHour, 55, 65);
        Assert.True(series.Growth()!.Value.IsSteady);
    }

    [Fact]
    public void Step_IsNoClimb()
    {
        HistorySeries series = Of(120, static minute => minute < 50 ? 100 : 5000);
        Assert.False(series.Growth()!.Value.IsSteady);
    }

    [Fact]
    public void Restart_LeavesTheRateOfTheLeak()
    {
        HistorySeries series = Of(120, static minute => minute < 90 ? 5000 + (minute * 10) : (minute - 90) * 10);
        Assert.InRange(series.Growth()!.Value.PerHour, 590, 610);
        Assert.False(series.Growth()!.Value.IsSteady);
    }

    [Fact]
    public void FallingNumber_IsNegativeAndReachesNothing()
    {
        Growth growth = Of(60, static minute => 10_000 - (minute * 100)).Growth()!.Value;
        Assert.InRange(growth.PerHour, -6100, -5900);
        Assert.Null(growth.TimeFor(5));
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
        Assert.True(series.Growth()!.Value.IsSteady);
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
    [InlineData(190, 55_606, 292.7)]
    [InlineData(0.9, 10, null)]
    [InlineData(60, -1, null)]
    public void TimeToALimit_IsWhatIsLeftOverTheRate(double perHour, double left, double? hours)
        => Assert.Equal(hours, new Growth(perHour, TimeSpan.Zero, true).TimeFor(left)?.TotalHours is { } time ? Math.Round(time, 1) : null);

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
