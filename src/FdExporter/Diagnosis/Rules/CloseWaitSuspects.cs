using FdExporter.Accounts;
using FdExporter.Diagnosis.Findings;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Programs with stuck sockets that may be waiting for another program: a few of their largest processes are inspected.</summary>
internal static class CloseWaitSuspects
{
    private const int MostPrograms = 3;

    internal static IEnumerable<ProcessId> Of(HostAccounts accounts, Thresholds thresholds)
    {
        if (accounts.Snapshot is not { Processes: { } table } snapshot)
        {
            return [];
        }

        List<(CloseWaitSum Sum, IEnumerable<int> Processes)> suspects = [];
        foreach (ProgramAccount program in accounts.Programs)
        {
            foreach (CloseWaitKind kind in CloseWaitKind.Of(program))
            {
                CloseWaitSum sum = new(program, kind.Samples);
                long least = kind.IsNotAccepted ? thresholds.NotAccepted : thresholds.CloseWaitAged;
                bool isSaid = sum.Stuck >= least || sum.AgedFor(CloseWaitAges.Hour) >= thresholds.CloseWaitLongStanding;
                if (isSaid && kind.From is null && CloseWaitWaits.ToInspect(snapshot, sum) is var processes && processes.Any())
                {
                    suspects.Add((sum, processes));
                }
            }
        }

        return suspects.OrderByDescending(static each => each.Sum.Stuck).Take(MostPrograms)
            .SelectMany(static each => each.Processes)
            .Select(each => table.Processes[each].Id);
    }
}
