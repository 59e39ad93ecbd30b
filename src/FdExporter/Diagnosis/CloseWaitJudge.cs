using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>When sockets in CLOSE_WAIT are worth saying, and how much they matter: only what has been stuck for a minute counts.</summary>
internal static class CloseWaitJudge
{
    /// <param name="dead">Those of them whose connection has been reset since: they have been stuck for longer than a minute.</param>
    internal static bool IsWorthSaying(VerdictInput input, CloseWaitSum sum, long dead, bool isNotAccepted, Growth? growth)
        => sum.Stuck + dead > 0 && (isNotAccepted
            ? sum.Stuck >= input.Thresholds.NotAccepted
            : sum.Stuck + dead >= input.Thresholds.CloseWaitAged || CertaintyOf(growth) != Certainty.None);

    /// <summary>A few that nobody will ever close.</summary>
    internal static bool IsLongStanding(VerdictInput input, CloseWaitSum sum) => sum.AgedFor(CloseWaitAges.Hour) >= input.Thresholds.CloseWaitLongStanding;

    /// <summary>Whether a process has lost so much of its limit to sockets that have been stuck for a minute.</summary>
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
    /// Sockets that are closed in the end, again and again, and those that have not been stuck for ten minutes yet, wake nobody.
    /// </summary>
    internal static Severity SeverityOf(VerdictInput input, CloseWaitSum sum, long dead, Growth? growth)
        => growth?.FallsAgain == true ? Severity.Note
            : sum.AgedFor(CloseWaitAges.TenMinutes) + dead >= input.Thresholds.CloseWaitAged || CertaintyOf(growth) == Certainty.Proven ? Severity.Warning
            : Severity.Note;

    /// <summary>Whether it is written down also while it is a note only: what has been stuck for a minute may be gone with a restart soon.</summary>
    internal static bool IsEvidence(VerdictInput input, CloseWaitSum sum, long dead, Growth? growth)
        => growth?.FallsAgain != true && sum.Stuck + dead >= input.Thresholds.CloseWaitAged;

    /// <summary>Of these any climb is worth saying, however far the limit is.</summary>
    private static Certainty CertaintyOf(Growth? growth) => growth?.Climb.CertaintyFor(0) ?? Certainty.None;
}
