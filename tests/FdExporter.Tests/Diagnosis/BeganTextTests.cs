using FdExporter.Diagnosis;
using FdExporter.Model;

namespace FdExporter.Tests.Diagnosis;

public class BeganTextTests
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000);

    [Theory]
    [InlineData(300, 303, "It began about 5 h ago, soon after the process started.")]
    [InlineData(300, 360, "It began about 5 h ago, 1 h 0 min after the process started.")]
    [InlineData(154, 160, "It began about 2 h 30 min ago, soon after the process started.")]
    [InlineData(156, 200, "It began about 2 h 40 min ago, 44 min after the process started.")]
    [InlineData(30, 33, "It began about 30 min ago, 3 min after the process started.")]
    [InlineData(30, 31, "It began about 30 min ago, soon after the process started.")]
    [InlineData(300, 60, "It began about 5 h ago, before the process started 1 h 0 min ago: a restart has not ended it.")]
    public void Beginning_IsComparedWithTheStart_AsExactlyAsItIsKnown(int agoMinutes, int startedMinutes, string expected)
        => Assert.Equal(expected, Of(agoMinutes, startedMinutes, null));

    [Theory]
    [InlineData(1, false, "; its program file app was put there 1 min before that start.")]
    [InlineData(44_700, false, "; its program file app was put there 31 d 1 h before that start.")]
    [InlineData(1, true, "; its program file app was deleted or replaced since.")]
    [InlineData(-5, false, "after the process started.")]
    public void ProgramFile_IsToldByItsAgeAtTheStart(int minutesBefore, bool isReplaced, string end)
        => Assert.EndsWith(end, Of(30, 60, new RunningProgram("/srv/app", s_now - TimeSpan.FromMinutes(60 + minutesBefore), isReplaced, null)), StringComparison.Ordinal);

    [Fact]
    public void ProgramFileOfUnknownAge_IsLeftOut()
        => Assert.EndsWith("after the process started.", Of(30, 60, new RunningProgram("/srv/app", null, IsReplaced: false, null)), StringComparison.Ordinal);

    private static string Of(int agoMinutes, int startedMinutes, RunningProgram? program)
        => BeganText.Of(TimeSpan.FromMinutes(agoMinutes), s_now, s_now - TimeSpan.FromMinutes(startedMinutes), program).Replace('\u00a0', ' ');
}
