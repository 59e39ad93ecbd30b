using FdExporter.Accounts;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>When sockets in CLOSE_WAIT are reported, and how severe they are. Only sockets stuck for a minute count.</summary>
internal static class CloseWaitJudge
{
    /// <param name="dead">Those whose connection was reset since; they have been stuck for longer than a minute.</param>
    internal static bool IsReported(VerdictInput input, CloseWaitSum sum, long dead, bool isNotAccepted, Growth? growth)
        => sum.Stuck + dead > 0 && (isNotAccepted
            ? sum.Stuck >= input.Thresholds.NotAccepted
            : sum.Stuck + dead >= input.Thresholds.CloseWaitAged || CertaintyOf(growth) != Certainty.None);

    /// <summary>A few that will never be closed.</summary>
    internal static bool IsLongStanding(VerdictInput input, CloseWaitSum sum) => sum.AgedFor(CloseWaitAges.Hour) >= input.Thresholds.CloseWaitLongStanding;

    /// <summary>Whether sockets stuck for a minute take too large a share of the limit of a process.</summary>
    internal static bool IsFilled(VerdictInput input, ProgramAccount program, int process, long held, long dead, ulong limit)
    {
        long stuck = 0;
        foreach (ConnectionSample sample in program.Connections)
        {
            stuck += sample.Process == process && sample.State == TcpState.CloseWait && sample.Cause != CloseWaitCause.NotAccepted ? sample.Aged[CloseWaitAges.Minute] : 0;
        }

        return (double)(Math.Min(stuck, held) + dead) / limit >= input.Thresholds.CloseWaitLimitRatio;
    }

    /// <summary>
    /// A note where the sockets are closed again and again, or have not been stuck for ten minutes yet.
    /// </summary>
    internal static Severity SeverityOf(VerdictInput input, CloseWaitSum sum, long dead, Growth? growth)
        => growth?.FallsAgain == true ? Severity.Note
            : sum.AgedFor(CloseWaitAges.TenMinutes) + dead >= input.Thresholds.CloseWaitAged || CertaintyOf(growth) == Certainty.Proven ? Severity.Warning
            : Severity.Note;

    /// <summary>Whether it is recorded as evidence even as a note: a restart may soon remove the sockets.</summary>
    internal static bool IsEvidence(VerdictInput input, CloseWaitSum sum, long dead, Growth? growth)
        => growth?.FallsAgain != true && sum.Stuck + dead >= input.Thresholds.CloseWaitAged;

    /// <summary>Any climb of these is reported, even if the limit is far.</summary>
    private static Certainty CertaintyOf(Growth? growth) => growth?.Climb.CertaintyFor(0) ?? Certainty.None;
}
