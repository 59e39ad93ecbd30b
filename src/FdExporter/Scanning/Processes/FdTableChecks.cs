using System.Collections.Immutable;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Processes;

/// <summary>
/// Decides when the threads of a process are compared: when it is new or the number of its threads has changed, and in turn,
/// since any thread may take a table of its own at any time. What a scan has no time for is told as not checked.
/// </summary>
internal sealed class FdTableChecks(FdTableFinder finder)
{
    /// <summary>The turn of each process comes once in so many scans.</summary>
    internal const int Every = 20;

    /// <summary>So many threads of processes that are new or have other threads are compared on a scan: about 0.1 s.</summary>
    private const long MostNew = 64 * 1024;

    /// <summary>So many of those whose turn it is: about 6 ms.</summary>
    private const long MostInTurn = 4 * 1024;

    private long _newFrom;
    private long _inTurn;

    internal void BeginScan()
    {
        _newFrom = finder.Compared;
        _inTurn = 0;
    }

    /// <summary>Gone when the process has ended.</summary>
    /// <param name="isTurn">Compare again although nothing seems to have changed.</param>
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
        if (isLost || (isNew ? finder.Compared - _newFrom - _inTurn < MostNew : isTurn && _inTurn < MostInTurn))
        {
            long before = finder.Compared;
            ImmutableArray<int> suspects = state.Suspects;
            ReadStatus status = finder.TryFind(pid, hasLostMainThread, tables, ref suspects, out tables);
            state = new State(threads, hasLostMainThread, true, suspects);
            _inTurn += isNew ? 0 : finder.Compared - before;
            return status;
        }

        if (isNew)
        {
            state = state with { Threads = threads, IsChecked = false };
            tables = tables.IsComplete ? tables with { IsComplete = false } : tables;
        }

        return ReadStatus.Ok;
    }

    /// <summary>What is remembered of a process between scans.</summary>
    /// <param name="Threads">How many it had when they were last counted.</param>
    /// <param name="Suspects">Threads whose table seemed to be of another size; the default for none.</param>
    internal readonly record struct State(ulong Threads, bool HasLostMainThread, bool IsChecked, ImmutableArray<int> Suspects);
}
