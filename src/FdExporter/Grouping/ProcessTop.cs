using System.Collections.Immutable;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>
/// Picks the processes that have series of their own. A quarter of the places is for those near their limit: one with
/// 900 of 1024 matters more than one with 5,000 of a million.
/// </summary>
internal sealed class ProcessTop(int places)
{
    private readonly StickyTop<ProcessId> _byFds = new(places - (places / 4));
    private readonly StickyTop<ProcessId> _byRatio = new(places / 4);

    /// <summary>The host with its top processes, and everything else added up.</summary>
    internal GroupedHost Pick(GroupedHost host, ProcessTable table, SocketOwnership? ownership)
    {
        Choose(table);
        ImmutableArray<TopProcess>.Builder top = ImmutableArray.CreateBuilder<TopProcess>();
        int folded = 0;
        long foldedFds = 0;
        TcpStateCounts foldedSockets = default;
        ReadOnlySpan<ProcessSample> processes = table.Processes.AsSpan();
        for (int i = 0; i < processes.Length; i++)
        {
            ProcessHoldings? holdings = ownership?.Holdings[i];
            if (_byFds.Contains(processes[i].Id) || _byRatio.Contains(processes[i].Id))
            {
                top.Add(new TopProcess(processes[i], holdings));
                continue;
            }

            folded++;
            foldedFds += processes[i].OpenFds ?? 0;
            if (holdings is not null)
            {
                foldedSockets.Add(holdings.Sockets);
            }
        }

        top.Sort(static (a, b) => (b.Sample.OpenFds ?? 0).CompareTo(a.Sample.OpenFds ?? 0) is var order and not 0
            ? order
            : a.Sample.Id.Pid.CompareTo(b.Sample.Id.Pid));
        return host with
        {
            TopProcesses = top.ToImmutable(),
            FoldedProcesses = folded,
            FoldedOpenFds = foldedFds,
            FoldedSockets = ownership is null ? null : foldedSockets,
        };
    }

    private void Choose(ProcessTable table)
    {
        _byFds.Clear();
        foreach (ref readonly ProcessSample process in table.Processes.AsSpan())
        {
            if (process.OpenFds is > 0 and { } open)
            {
                _byFds.Add(process.Id, open);
            }
        }

        _byFds.Choose();
        _byRatio.Clear();
        foreach (ref readonly ProcessSample process in table.Processes.AsSpan())
        {
            if (process.FdRatio is > 0 and { } ratio && !_byFds.Contains(process.Id))
            {
                _byRatio.Add(process.Id, ratio);
            }
        }

        _byRatio.Choose();
    }
}
