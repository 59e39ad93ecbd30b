using FdExporter.Diagnosis.Findings;
using FdExporter.Evidence;
using FdExporter.Model;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Evidence;

/// <summary>Sequences of verdicts.</summary>
public class ThresholdTrackerTests
{
    private static readonly TimeSpan s_almost = ThresholdTracker.RearmAfter - TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly ThresholdTracker _thresholds;

    public ThresholdTrackerTests() => _thresholds = new ThresholdTracker(_time);

    [Fact]
    public void Crossing_StaysUnwrittenUntilItIsWritten_AndIsThenWrittenOnce()
    {
        Assert.Single(Look(A));
        Assert.Single(Look(A));
        _thresholds.SetWritten(A);
        for (int day = 0; day < 10; day++)
        {
            _time.Advance(TimeSpan.FromDays(1));
            Assert.Empty(Look(A));
        }
    }

    [Fact]
    public void Crossing_IsWrittenOnceMoreAfterTenMinutes()
    {
        Look(A);
        _thresholds.SetWritten(A);
        _time.Advance(ThresholdTracker.RepeatAfter - TimeSpan.FromSeconds(1));
        Assert.Empty(Look(A));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([A], Look(A));
        _thresholds.SetWritten(A);
        for (int i = 0; i < 100; i++)
        {
            _time.Advance(ThresholdTracker.RepeatAfter);
            Assert.Empty(Look(A));
        }
    }

    [Fact]
    public void MoreSevere_StartsTheTenMinutesAgain()
    {
        Finding worse = A with { Severity = Severity.Critical };
        Look(A);
        _thresholds.SetWritten(A);
        _time.Advance(TimeSpan.FromMinutes(5));
        Look(worse);
        _thresholds.SetWritten(worse);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(Look(worse));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal([worse], Look(worse));
    }

    [Fact]
    public void OtherSubjectOrProcess_IsAnotherCrossing_OtherWordsAreNot()
    {
        Look(A);
        _thresholds.SetWritten(A);
        Finding sameWithNewNumbers = A with { Text = "now 900" };
        Finding otherSubject = A with { Subject = "b" };
        Finding samePidLater = A with { Culprit = A.Culprit!.Value with { StartTicks = 99 } };
        Assert.Equal([otherSubject, samePidLater], Look(sameWithNewNumbers, otherSubject, samePidLater));
    }

    [Fact]
    public void MoreSevere_IsWrittenAgain_LessSevereIsNot()
    {
        Finding worse = A with { Severity = Severity.Critical };
        Look(A);
        _thresholds.SetWritten(A);
        Assert.Equal([worse], Look(worse));
        _thresholds.SetWritten(worse);
        Assert.Empty(Look(worse));
        Assert.Empty(Look(A));
    }

    [Fact]
    public void Flapping_IsOneCrossing()
    {
        Look(A);
        _thresholds.SetWritten(A);
        for (int i = 0; i < 100; i++)
        {
            Assert.Empty(Look());
            _time.Advance(s_almost);
            Assert.Empty(Look(A));
            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AbsentForTenMinutes_ArmsItAgain(bool isLookedAtMeanwhile)
    {
        Look(A);
        _thresholds.SetWritten(A);
        Look();
        _time.Advance(ThresholdTracker.RearmAfter);
        if (isLookedAtMeanwhile)
        {
            Look();
            Assert.Equal(0, _thresholds.Count);
        }

        Assert.Equal([A], Look(A));
    }

    [Fact]
    public void MissedScans_AreNotAbsence()
    {
        Look(A);
        _thresholds.SetWritten(A);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Empty(Look(A));

        // A scrape of some collectors only.
        Assert.Empty(_thresholds.GetUnrecorded([], isWhole: false, OwnerOf));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Empty(_thresholds.GetUnrecorded([], isWhole: false, OwnerOf));
        Assert.Empty(Look(A));
    }

    [Fact]
    public void Memory_IsBounded_AndForgetsTheAbsentFirst()
    {
        Finding[] many = [.. Enumerable.Range(0, ThresholdTracker.MostRemembered).Select(static i => A with { Subject = $"{i}" })];
        Assert.Equal(many.Length, Look(many).Count);
        Assert.Empty(Look([.. many, A with { Subject = "new" }]).Except(many));
        foreach (Finding finding in many)
        {
            _thresholds.SetWritten(finding);
        }

        Look(many[1..]);
        Assert.Equal([A with { Subject = "new" }], Look([.. many[1..], A with { Subject = "new" }]));
        Assert.Equal(ThresholdTracker.MostRemembered, _thresholds.Count);
    }

    /// <summary>One owner fills the memory at once, before the first crossing of another.</summary>
    [Fact]
    public void Memory_IsSharedByOwners()
    {
        Finding[] decoys = [.. Enumerable.Range(0, ThresholdTracker.MostRemembered * 2).Select(static i => A with { Culprit = new ProcessId(1000 + i, 1) })];
        Finding[] others = [.. Enumerable.Range(0, 10).Select(static i => A with { Culprit = new ProcessId(10 + i, 1) })];
        Assert.Equal(ThresholdTracker.MostRemembered, Look(decoys).Count);
        for (int scan = 0; scan < 3; scan++)
        {
            Assert.Equal(others, Look([.. decoys, .. others]).Intersect(others));
            Assert.Equal(ThresholdTracker.MostRemembered, _thresholds.Count);
        }
    }

    [Fact]
    public void Postponed_IsSaidOnce_AndStaysUnwritten()
    {
        Look(A);
        Assert.True(_thresholds.SetPostponed(A));
        Assert.False(_thresholds.SetPostponed(A));
        Assert.Equal([A], Look(A));
    }

    private static string OwnerOf(ProcessId id) => id.Pid >= 1000 ? "mallory" : $"owner {id.Pid}";

    private static Finding A => new("process_near_limit", Severity.Warning, "800", "Raise it.") { Subject = "a", Culprit = new ProcessId(7, 1) };

    private IReadOnlyList<Finding> Look(params Finding[] findings) => _thresholds.GetUnrecorded(findings, isWhole: true, OwnerOf);
}
