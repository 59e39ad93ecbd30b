using FdExporter.Accounts;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>
/// Programs with many dead sockets, or a growing number, and none in CLOSE_WAIT: otherwise <see cref="CloseWaitRule"/> reports both
/// in one sentence.
/// </summary>
internal static class DeadSocketRule
{
    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        foreach (ProgramAccount program in input.Host.Accounts.Programs.OrderBy(static program => program.Name, StringComparer.Ordinal))
        {
            if (program.OwnCloseWait(ConnectionDirection.Outbound) + program.OwnCloseWait(ConnectionDirection.Inbound) > 0
                || DeadSockets.Of(input, program) is not { } dead || input.Host.Snapshot.Processes is not { } table)
            {
                continue;
            }

            ProcessSample process = table.Processes[dead.Largest.Process];
            Certainty certainty = dead.Growth?.Climb.CertaintyFor(FdGrowthRule.RoomOf(in process)) ?? Certainty.None;
            if (dead.Count >= input.Thresholds.OtherSockets || certainty != Certainty.None)
            {
                yield return FindingOf(program, dead, in process, certainty, input.Thresholds);
            }
        }
    }

    private static Finding FindingOf(ProgramAccount program, DeadSockets dead, in ProcessSample process, Certainty certainty, Thresholds thresholds)
    {
        string grows = dead.Growth is { PerHour: >= 1 } known ? $", {HumanText.PerHour(known.PerHour)}" : "";
        return new Finding(
            "sockets_in_no_table",
            certainty == Certainty.Proven || dead.Count >= thresholds.OtherSockets ? Severity.Warning : Severity.Note,
            $"{program.Name}{HumanText.Share(dead.Largest.Count, dead.Count, "of", in process)} holds {HumanText.Count(dead.Count, "TCP socket", "TCP sockets")} without a connection{grows}: they were reset, "
                + "timed out or never connected. They are in no table of the kernel; lsof shows: can't identify protocol.",
            $"List them: fd-exporter inspect {HumanText.Pid(process.Id)}. The developers must close a socket also when bind() or connect() failed, or the peer reset it.")
        {
            Subject = HumanText.Pid(process.Id),
            Culprit = process.Id,
            Rising = HistoryKey.LostSockets(program.Name),
            OpenedBy = LeakSite.Socket,
        };
    }
}
