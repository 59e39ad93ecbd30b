using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>
/// Processes whose descriptors climb without a finding of <see cref="FdGrowthRule"/>: access to their types is denied, or they are
/// TCP sockets, which rise with the load as well. <see cref="IdleConnectionsRule"/> reports those that are not used.
/// </summary>
internal static class ProcessGrowthRule
{
    /// <summary>A climb of TCP sockets is reported from this share of the limit on: a busy morning stays below it.</summary>
    private const double MinTcpRatio = 0.2;

    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        if (input.Host.Snapshot.Processes is not { } table)
        {
            yield break;
        }

        for (int i = 0; i < table.Processes.Length; i++)
        {
            ProcessSample process = table.Processes[i];
            if (input.GrowthOf(HistoryKey.ProcessFds(process.Id)) is not { Climb: { IsClimbing: true } climb } || process.OpenFds is not { } open
                || ProcessLimitRule.Reports(input, in process))
            {
                continue;
            }

            ProcessHoldings? holdings = input.Host.Snapshot.Ownership?.Holdings[i];
            double? room = FdGrowthRule.RoomOf(in process);
            Certainty certainty = climb.CertaintyFor(room);
            if (certainty == Certainty.None || (holdings is not null && (!IsOfTcp(holdings, open, climb) || !(process.FdRatio >= MinTcpRatio))))
            {
                continue;
            }

            if (IdleConnectionsRule.Find(input).Any(finding => finding.Culprit == process.Id))
            {
                continue;
            }

            string what = holdings is null ? "descriptors" : "descriptors, most of them TCP sockets";
            string then = holdings is not null && certainty == Certainty.Possible ? "the load may still fall again."
                : holdings is not null ? "its connections grow with the load, or it does not close them."
                : FdGrowthRule.ConclusionOf(input, in process, certainty);
            yield return new Finding(
                "process_climbing",
                holdings is null ? FdGrowthRule.SeverityOf(climb, certainty, room, input.Thresholds) : Severity.Note,
                $"{process.Facts.Group} ({HumanText.WhoIs(in process)}) holds {HumanText.Number(open)} {what}, {HumanText.PerHour(climb.PerHour)} over the last {HumanText.Duration(climb.Over)}: {then}",
                $"List them: fd-exporter inspect {HumanText.Pid(process.Id)}.")
            {
                Subject = HumanText.Pid(process.Id),
                Culprit = process.Id,
                Rising = HistoryKey.ProcessFds(process.Id),
                TimeToLimit = holdings is null && certainty == Certainty.Proven ? Forecast.Of(input, in process)?.Left : null,
            };
        }
    }

    /// <summary>Whether most of its descriptors are TCP sockets outside CLOSE_WAIT; another rule reports CLOSE_WAIT.</summary>
    private static bool IsOfTcp(ProcessHoldings holdings, long open, in Climb climb)
        => (holdings.Sockets.Total - holdings.Sockets[TcpState.CloseWait]) * 2 > open && holdings.Sockets.Total >= climb.Rise;
}
