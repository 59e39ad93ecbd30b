using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>
/// Processes whose descriptors climb, and no type of them does that <see cref="FdGrowthRule"/> tells of: their types may not
/// be read, or they are TCP sockets, which rise with the load as well.
/// </summary>
internal static class ProcessGrowthRule
{
    /// <summary>TCP sockets take this share of a limit before a climb of them is worth saying: a busy morning is none.</summary>
    private const double LeastTcpRatio = 0.2;

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
                || ProcessLimitRule.Tells(input, in process))
            {
                continue;
            }

            ProcessHoldings? holdings = input.Host.Snapshot.Ownership?.Holdings[i];
            double? room = FdGrowthRule.RoomOf(in process);
            Certainty certainty = climb.CertaintyFor(room);
            if (certainty == Certainty.None || (holdings is not null && (!IsOfTcp(holdings, open, climb) || !(process.FdRatio >= LeastTcpRatio))))
            {
                continue;
            }

            string what = holdings is null ? "descriptors" : "descriptors, most of them TCP sockets";
            string then = holdings is not null && certainty == Certainty.Possible ? "whether the load falls again cannot be told yet."
                : holdings is not null ? "its connections grow with the load, or it does not close them."
                : FdGrowthRule.ConclusionOf(input, in process, certainty);
            yield return new Finding(
                "process_climbing",
                holdings is null ? FdGrowthRule.SeverityOf(climb, certainty, room, input.Thresholds) : Severity.Note,
                $"{process.Facts.Group} ({HumanText.WhoIs(in process)}) holds {HumanText.Number(open)} {what}, {HumanText.PerHour(climb.PerHour)} over the last {HumanText.Duration(climb.Over)}: {then}",
                $"Which they are: fd-exporter inspect {HumanText.Pid(process.Id)}.")
            {
                Subject = HumanText.Pid(process.Id),
                Culprit = process.Id,
            };
        }
    }

    /// <summary>Whether most of what it holds is TCP and not in CLOSE_WAIT, of which another rule tells.</summary>
    private static bool IsOfTcp(ProcessHoldings holdings, long open, in Climb climb)
        => (holdings.Sockets.Total - holdings.Sockets[TcpState.CloseWait]) * 2 > open && holdings.Sockets.Total >= climb.Rise;
}
