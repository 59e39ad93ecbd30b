using System.Collections.Immutable;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Processes;

namespace FdExporter.Scanning.Descriptors;

/// <summary>Checks whether the processes with most sockets in CLOSE_WAIT can run. Without such sockets no process is checked.</summary>
internal sealed class StoppedHolders(ProcFs procFs)
{
    private const int MaxAsked = 16;

    private readonly ProcessRunReader _run = new(procFs);
    private readonly Dictionary<int, long> _stuck = [];

    internal ImmutableArray<StoppedSample> Find(ImmutableArray<ConnectionSample> connections, ImmutableArray<ProcessSample> processes)
    {
        _stuck.Clear();
        foreach (ref readonly ConnectionSample sample in connections.AsSpan())
        {
            if (sample.Process >= 0 && sample.Aged[CloseWaitAges.Minute] is > 0 and var stuck)
            {
                _stuck[sample.Process] = _stuck.GetValueOrDefault(sample.Process) + stuck;
            }
        }

        if (_stuck.Count == 0)
        {
            return [];
        }

        ImmutableArray<StoppedSample>.Builder stopped = ImmutableArray.CreateBuilder<StoppedSample>();
        for (int asked = 0; asked < MaxAsked && _stuck.Count > 0; asked++)
        {
            int most = -1;
            foreach ((int process, long stuck) in _stuck)
            {
                most = most < 0 || stuck > _stuck[most] ? process : most;
            }

            _stuck.Remove(most);
            if (_run.Read(in processes.ItemRef(most)) is { State: not RunState.Runs } run)
            {
                stopped.Add(new StoppedSample(most, run));
            }
        }

        return stopped.DrainToImmutable();
    }
}
