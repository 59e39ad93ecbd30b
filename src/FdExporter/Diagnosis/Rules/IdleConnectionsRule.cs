using FdExporter.Accounts;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>
/// Connections over which nothing has come for an hour, where their number climbs, or where they fill most of a limit that is near. A
/// pool of constant size is no fault.
/// </summary>
internal static class IdleConnectionsRule
{
    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        if (input.Host.Snapshot.Processes is not { } table)
        {
            yield break;
        }

        foreach (ProgramAccount program in input.Host.Accounts.Programs.OrderBy(static program => program.Name, StringComparer.Ordinal))
        {
            foreach (AddressTotal total in program.AddressTotals)
            {
                if (total is { Address: { } address, Largest: >= 0 } && total.Idle.Of(IdleCounts.Hour) is > 0 and var idle)
                {
                    ProcessSample process = table.Processes[total.Largest];
                    Climb climb = input.GrowthOf(HistoryKey.IdleConnections(program.Name, total.Direction, address))?.Climb ?? default;
                    Certainty certainty = climb.CertaintyFor(FdGrowthRule.RoomOf(in process));
                    bool isNearLimit = process.FdRatio >= input.Thresholds.ProcessFdRatioWarning && idle * 2 > process.LargestTable;
                    if (certainty != Certainty.None || isNearLimit)
                    {
                        Severity severity = isNearLimit ? Severity.Warning : FdGrowthRule.SeverityOf(in climb, certainty, FdGrowthRule.RoomOf(in process), input.Thresholds);
                        yield return FindingOf(program, total, in process, idle, certainty == Certainty.None ? default : climb, severity);
                    }
                }
            }
        }
    }

    private static Finding FindingOf(ProgramAccount program, AddressTotal total, in ProcessSample process, long idle, Climb climb, Severity severity)
    {
        string grows = climb.IsClimbing ? $", {HumanText.PerHour(climb.PerHour)} over the last {HumanText.Duration(climb.Over)}" : "";
        long unguarded = total.Idle.Of(IdleCounts.Hour, keepAlive: false);
        string keepAlive = unguarded == 0 ? "keepalive is on, so a peer that is gone is noticed"
            : unguarded == idle ? "keepalive is off: the peer may be gone"
            : $"keepalive is off for {HumanText.Number(unguarded)} of them: their peer may be gone";
        return new Finding(
            "idle_connections",
            severity,
            $"{program.Name} ({HumanText.WhoIs(in process)}) holds {HumanText.Number(idle)} connections {ConnectionText.Towards(total.Direction, total.Address)} over which nothing has come for an hour{grows}; {keepAlive}.",
            $"List them: fd-exporter inspect {HumanText.Pid(process.Id)}. The program must close connections that it does not use any more, or limit its pool; SO_KEEPALIVE finds peers that are gone.")
        {
            Subject = $"{program.Name} {ConnectionDirectionNames.Of(total.Direction)} {total.Address}",
            Program = program.Name,
            Culprit = process.Id,
            Rising = climb.IsClimbing && total.Address is { } address ? HistoryKey.IdleConnections(program.Name, total.Direction, address) : null,
            OpenedBy = total.Direction == ConnectionDirection.Inbound ? LeakSite.Accept : LeakSite.Socket,
        };
    }
}
