using System.Collections.Immutable;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Processes;

/// <summary>
/// Decides when to compare the threads of a process: if it is new, if its number of threads has changed, and periodically,
/// since any thread may get its own table at any time. Processes for which a scan has no time are marked as not checked.
/// </summary>
internal sealed class FdTableChecks(FdTableFinder finder)
{
    /// <summary>Number of scans between periodic comparisons of a process.</summary>
    internal const int Every = 20;

    /// <summary>Maximum number of threads to compare per scan in new or changed processes: about 0.1 s.</summary>
    private const long MaxNewThreads = 64 * 1024;

    /// <summary>Maximum number of threads in periodic comparisons per scan: about 6 ms.</summary>
    private const long MaxPeriodicThreads = 4 * 1024;

    private long _comparedBefore;
    private long _periodicThreads;

    internal void BeginScan()
    {
        _comparedBefore = finder.Compared;
        _periodicThreads = 0;
    }

    /// <summary>Gone if the process has ended.</summary>
    /// <param name="isTurn">Compare even if nothing has changed.</param>
    internal ReadStatus TryCheck(int pid, ulong threads, bool hasLostMainThread, bool isTurn, ref State state, ref FdTables tables)
    {
        if (threads < 2)
        {
            state = default;
            tables = FdTables.One;
            return ReadStatus.Ok;
        }

        bool isNew = !state.IsChecked || state.Threads != threads;
        bool isLost = hasLostMainThread != state.HasLostMainThread;
        if (isLost || (isNew ? finder.Compared - _comparedBefore - _periodicThreads < MaxNewThreads : isTurn && _periodicThreads < MaxPeriodicThreads))
        {
            long before = finder.Compared;
            ImmutableArray<int> suspects = state.Suspects;
            ReadStatus status = finder.TryFind(pid, hasLostMainThread, tables, ref suspects, out tables);
            state = new State(threads, hasLostMainThread, true, suspects);
            _periodicThreads += isNew ? 0 : finder.Compared - before;
            return status;
        }

        if (isNew)
        {
            state = state with { Threads = threads, IsChecked = false };
            tables = tables.IsComplete ? tables with { IsComplete = false } : tables;
        }

        return ReadStatus.Ok;
    }

    /// <summary>State of a process kept between scans.</summary>
    /// <param name="Threads">Number of threads at the last count.</param>
    /// <param name="Suspects">Threads whose table seemed to have another size; the default for none.</param>
    internal readonly record struct State(ulong Threads, bool HasLostMainThread, bool IsChecked, ImmutableArray<int> Suspects);
}
