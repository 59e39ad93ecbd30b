using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Diagnosis.History;

/// <summary>Numbers over the last three hours, for charts.</summary>
public class CourseTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Course_IsEmptyBeforeTheFirstScan()
    {
        Course course = new HostHistory(_time).CourseOf(HistoryKey.SystemHandles);
        Assert.Equal((0, 0), (course.MinutesAgo.Length, course.Values[0].Length));
    }

    [Fact]
    public void Course_IsTheLastMinutes_AndTenMinutesBefore_OfThreeHours()
    {
        HostHistory history = new(_time);
        Feed(history, minutes: 600);
        int series = history.Count;
        Course course = history.CourseOf(HistoryKey.SystemHandles, HistoryKey.GroupFds("late"), HistoryKey.GroupFds("unknown"));
        Assert.InRange(course.Span, 165, 180);
        Assert.Equal(Enumerable.Range(0, 48).Reverse(), course.MinutesAgo[^48..]);
        Assert.All(course.MinutesAgo[..^48], static ago => Assert.InRange(ago, 48, 180));
        Assert.Equal(599, course.Values[0][^1]);
        for (int i = 0; i < course.MinutesAgo.Length; i++)
        {
            // The minimum of ten minutes is that of their beginning, five minutes before their middle.
            long expected = 599 - course.MinutesAgo[i] - (course.MinutesAgo[i] < 48 ? 0 : 5);
            Assert.Equal(expected, course.Values[0][i]);
        }

        Assert.Equal(10, course.Values[1].Count(static value => value is not null));
        Assert.All(course.Values[2], static value => Assert.Null(value));
        Assert.Equal(series, history.Count);
    }

    private void Feed(HostHistory history, int minutes)
    {
        for (int i = 0; i < minutes; i++)
        {
            history.Add(new GroupedHost
            {
                Snapshot = Snapshots.Of() with { FileHandles = new FileHandles((ulong)i, 1 << 20, null) },
                Groups = i < minutes - 10 ? [] : [new GroupSample("late", 1, i, i, null)],
            });
            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }
}
