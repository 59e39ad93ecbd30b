using System.Collections.Immutable;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>
/// Picks the processes that have series of their own. A quarter of the places is for those near their limit: one with
/// 900 of 1024 matters more than one with 5,000 of a million.
/// </summary>
internal sealed class ProcessTop
{
    private readonly StickyTop<ProcessId> _byFds;
    private readonly StickyTop<ProcessId> _byRatio;

    internal ProcessTop(int places) => (_byFds, _byRatio) = (new StickyTop<ProcessId>(places - (places / 4)), new StickyTop<ProcessId>(places / 4));

    private ProcessTop(ProcessTop other) => (_byFds, _byRatio) = (other._byFds.Copy(), other._byRatio.Copy());

    internal ProcessTop Copy() => new(this);

    /// <summary>The host with its top processes, and everything else added up.</summary>
    internal GroupedHost Pick(GroupedHost host, ProcessTable table, SocketOwnership? ownership)
    {
        Choose(table);
        ImmutableArray<TopProcess>.Builder top = ImmutableArray.CreateBuilder<TopProcess>();
        int folded = 0;
        Partial fds = default;
        Partial looks = default;
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
            fds.Note(processes[i].OpenFds is not null, processes[i].OpenFds);
            looks.Note(holdings is not null, processes[i].OpenFds);
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
            FoldedOpenFds = fds.IsKnown ? foldedFds : null,
            FoldedSockets = ownership is not null && looks.IsKnown ? foldedSockets : null,
        };
    }

    /// <summary>
    /// Whether a sum over processes is known, in part at least. Of one without descriptors (a kernel thread, a zombie) it is
    /// known that it adds nothing, and it makes known nothing of the others.
    /// </summary>
    private struct Partial
    {
        private bool _hasKnown;
        private bool _hasUnknown;

        internal readonly bool IsKnown => _hasKnown || !_hasUnknown;

        internal void Note(bool isKnown, long? openFds)
        {
            _hasUnknown |= !isKnown && openFds != 0;
            _hasKnown |= isKnown && openFds != 0;
        }
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
