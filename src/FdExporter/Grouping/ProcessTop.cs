using System.Collections.Immutable;
using FdExporter.Configuration;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>
/// Picks the processes that have their own series. A quarter of the places is for those close to their limit: 900 of 1024 matters more than
/// 5,000 of a million. A young process waits unless it holds much: otherwise short-lived processes would create an unlimited number of
/// series.
/// </summary>
internal sealed class ProcessTop
{
    /// <summary>From this share of its limit on, even a young process is shown.</summary>
    private const double HighFdRatio = 0.8;

    private readonly StickyTop<ProcessId> _byFds;
    private readonly StickyTop<ProcessId> _byRatio;
    private readonly TimeSpan _leastAge;
    private readonly NameFilter _filter;
    private Dictionary<ProcessId, ShownStates> _states = [];
    private ShownStates _foldedStates;

    internal ProcessTop(GroupLimits limits, TimeProvider time)
    {
        int places = limits.TopProcesses;
        (_byFds, _byRatio) = (new StickyTop<ProcessId>(places - (places / 4), time), new StickyTop<ProcessId>(places / 4, time));
        (_leastAge, _filter) = (limits.NameAge, limits.Groups);
    }

    // The dictionary is replaced and never changed, so two may share it.
    private ProcessTop(ProcessTop other)
    {
        (_byFds, _byRatio, _leastAge, _filter) = (other._byFds.Copy(), other._byRatio.Copy(), other._leastAge, other._filter);
        (_states, _foldedStates) = (other._states, other._foldedStates);
    }

    internal ProcessTop Copy() => new(this);

    /// <summary>The host with its top processes, and the sum of the others.</summary>
    internal GroupedHost Pick(GroupedHost host)
    {
        SocketOwnership? ownership = host.Snapshot.Ownership;
        Choose(host.Snapshot);
        ImmutableArray<TopProcess>.Builder top = ImmutableArray.CreateBuilder<TopProcess>();
        int folded = 0;
        PartialSum fds = default;
        PartialSum sockets = default;
        long foldedFds = 0;
        TcpStateCounts foldedSockets = default;
        Dictionary<ProcessId, ShownStates> shown = new(_states.Count);
        ReadOnlySpan<ProcessSample> processes = host.Snapshot.Processes!.Processes.AsSpan();
        for (int i = 0; i < processes.Length; i++)
        {
            ProcessHoldings? holdings = ownership?.Holdings[i];
            if (_byFds.Contains(processes[i].Id) || _byRatio.Contains(processes[i].Id))
            {
                ShownStates states = _states.GetValueOrDefault(processes[i].Id).With(holdings?.Sockets ?? default);
                shown[processes[i].Id] = states;
                top.Add(new TopProcess(processes[i], holdings, states));
                continue;
            }

            folded++;
            foldedFds += processes[i].OpenFds ?? 0;
            fds.Note(processes[i].OpenFds is not null, processes[i].OpenFds);
            sockets.Note(holdings is not null, processes[i].OpenFds);
            if (holdings is not null)
            {
                foldedSockets.Add(holdings.Sockets);
            }
        }

        _states = shown;
        _foldedStates = _foldedStates.With(foldedSockets);
        top.Sort(static (a, b) => (b.Sample.OpenFds ?? 0).CompareTo(a.Sample.OpenFds ?? 0) is var order and not 0
            ? order
            : a.Sample.Id.Pid.CompareTo(b.Sample.Id.Pid));
        return host with
        {
            TopProcesses = top.ToImmutable(),
            FoldedProcesses = folded,
            FoldedOpenFds = fds.IsKnown ? foldedFds : null,
            FoldedSockets = ownership is not null && sockets.IsKnown ? foldedSockets : null,
            FoldedStates = _foldedStates,
        };
    }

    /// <summary>
    /// Whether a sum over processes is known, at least in part. A process without descriptors (a kernel thread, a zombie) adds nothing and
    /// does not make the sum known.
    /// </summary>
    private struct PartialSum
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

    private void Choose(HostSnapshot snapshot)
    {
        _byFds.Clear();
        ReadOnlySpan<ProcessSample> processes = snapshot.Processes!.Processes.AsSpan();
        for (int i = 0; i < processes.Length; i++)
        {
            if (processes[i].OpenFds is > 0 and { } open && _filter.Admits(processes[i].Facts.Group))
            {
                bool holdsMuch = open >= GroupLimits.Much || snapshot.Ownership?.Holdings[i]?.Sockets[TcpState.CloseWait] >= GroupLimits.MuchCloseWait;
                _byFds.Add(processes[i].Id, open, processes[i].Facts.Tenant, IsYoung(in processes[i], snapshot), holdsMuch);
            }
        }

        _byFds.Choose();
        _byRatio.Clear();
        foreach (ref readonly ProcessSample process in processes)
        {
            if (process.FdRatio is > 0 and { } ratio && !_byFds.Contains(process.Id) && _filter.Admits(process.Facts.Group))
            {
                _byRatio.Add(process.Id, ratio, process.Facts.Tenant, IsYoung(in process, snapshot), ratio >= HighFdRatio);
            }
        }

        _byRatio.Choose();
    }

    /// <summary>False if it seems to have started in the future: the clock was set back, so its age is unknown.</summary>
    private bool IsYoung(in ProcessSample process, HostSnapshot snapshot)
        => snapshot.TakenAt - process.Facts.StartTime is var age && age < _leastAge && age > -_leastAge;
}
