using FdExporter.Scanning.Reading;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning.Reading;

public class DeadlineTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Extend_PutsItOffAndNeverForward()
    {
        Deadline deadline = new(_time, TimeSpan.FromSeconds(1));
        Assert.True(deadline.TryExtend(TimeSpan.FromSeconds(10)));
        Assert.True(deadline.TryExtend(TimeSpan.FromSeconds(2)));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(deadline.HasPassed);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(deadline.HasPassed);
        Assert.Contains("out of time while testing", Assert.Throws<TimeoutException>(() => deadline.ThrowIfPassed("testing")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pass_EndsItRegardlessOfTheTimeLeft()
    {
        Deadline deadline = new(_time, TimeSpan.FromHours(1));
        Assert.False(deadline.HasPassed);
        deadline.Pass();
        Assert.True(deadline.HasPassed);
    }

    [Fact]
    public void Extend_OfAPassedDeadline_WorksOnlyBeforeItIsNoticed()
    {
        Deadline deadline = new(_time, TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(deadline.TryExtend(TimeSpan.FromSeconds(1)));
        Assert.False(deadline.HasPassed);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(deadline.HasPassed);
        Assert.False(deadline.TryExtend(TimeSpan.FromHours(1)));
        Assert.True(deadline.HasPassed);
    }
}
