using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>
/// Programs with many dead sockets, or ever more of them, and none in CLOSE_WAIT: else <see cref="CloseWaitRule"/> tells of both
/// in one sentence.
/// </summary>
internal static class DeadSocketRule
{
    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        foreach (ProgramAccount program in input.Host.Accounts.Programs.OrderBy(static program => program.Name, StringComparer.Ordinal))
        {
            if (DeadSockets.OwnCloseWait(program, ConnectionDirection.Outbound) + DeadSockets.OwnCloseWait(program, ConnectionDirection.Inbound) > 0
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
            $"{program.Name}{HumanText.Share(dead.Largest.Count, dead.Count, "of", in process)} holds {HumanText.Count(dead.Count, "TCP socket", "TCP sockets")} open whose "
                + $"{(dead.Count == 1 ? "connection is" : "connections are")} gone{grows}: they were reset or timed out, or never connected. They stand in no table of the kernel; lsof says of them: can't identify protocol.",
            $"The developers have to close a socket also when bind() or connect() failed, or the other side reset it. Which they are: fd-exporter inspect {HumanText.Pid(process.Id)}.")
        {
            Subject = HumanText.Pid(process.Id),
            Culprit = process.Id,
        };
    }
}
