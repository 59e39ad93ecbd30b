using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Processes;

/// <summary>
/// Finds the descriptor tables of a process with several threads by comparing the threads (kcmp(2)). If that is refused, or
/// the procfs shows another pid namespace, only tables with another size than the main one are found, after two observations;
/// then there may be more.
/// </summary>
internal sealed class FdTableFinder(ProcFs procFs, FdDirectory fds)
{
    /// <summary>More than any program needs; each is counted on every scan.</summary>
    internal const int MostTables = 256;

    /// <summary>Sizes are read one after the other while the process runs: they must differ in the same way this many times in a row.</summary>
    private const int Rounds = 4;

    private readonly TaskDirectory _directory = new(procFs);
    private readonly bool _mayCompare = PidNamespace.IsOwn(procFs);
    private readonly byte[] _stat = new byte[1024];
    private readonly List<int> _threads = [];
    private readonly List<int> _tables = [];
    private readonly List<int> _suspects = [];

    /// <summary>Number of threads compared, for a budget.</summary>
    internal long Compared { get; private set; }

    /// <summary>Gone if the process has ended. Unknown tables are reported by <see cref="FdTables.IsComplete"/>.</summary>
    /// <param name="known">Earlier result; the same object is returned while nothing changes.</param>
    /// <param name="suspects">Threads whose table seemed to have another size last time; the default for none.</param>
    internal ReadStatus TryFind(int pid, bool hasLostMainThread, FdTables known, ref ImmutableArray<int> suspects, out FdTables found)
    {
        if (!procFs.IsKernel)
        {
            // Captured files contain nothing more.
            found = FdTables.One;
            return ReadStatus.Ok;
        }

        found = known;
        ReadStatus status = _directory.TryRead(pid, _threads);
        if (status != ReadStatus.Ok)
        {
            found = FdTables.Unchecked;
            return status == ReadStatus.Gone ? ReadStatus.Gone : ReadStatus.Ok;
        }

        Compared += _threads.Count;
        if (hasLostMainThread)
        {
            RemoveEndedThreads(pid);
        }

        int main = hasLostMainThread ? FirstWithDescriptors(pid) : pid;
        if (main == 0)
        {
            // The last thread has just ended.
            found = FdTables.One;
            return ReadStatus.Ok;
        }

        _tables.Clear();
        _suspects.Clear();
        bool isComplete = _mayCompare && TryCompare(pid, main);
        if (!isComplete && _tables.Count < MostTables)
        {
            isComplete = CompareSizes(pid, main, known, suspects);
        }

        _tables.Sort();
        if (_tables.Count > 0 || hasLostMainThread)
        {
            _tables.Insert(0, main);
        }

        suspects = _suspects.Count == 0 ? default : [.. _suspects];
        found = known.IsComplete == isComplete && known.Threads.AsSpan().SequenceEqual(CollectionsMarshal.AsSpan(_tables)) ? known
            : _tables.Count > 0 ? new FdTables([.. _tables], isComplete)
            : isComplete ? FdTables.One
            : FdTables.Unchecked;
        return ReadStatus.Ok;
    }

    /// <summary>Whether a thread has another table than its process; null if unknown.</summary>
    internal bool? HasOwnTable(int pid, FdTables tables, int thread)
        => tables.Threads.IndexOf(thread) > 0 ? true
            : tables.Count == 1 && tables.IsComplete ? false
            : _mayCompare && ThreadTables.TryCompare(thread, tables.Threads.IsEmpty ? pid : tables.Threads[0], out int order) == ReadStatus.Ok ? order != 0
            : null;

    /// <summary>False if one of them is unknown, or there are too many tables.</summary>
    private bool TryCompare(int pid, int main)
    {
        foreach (int thread in _threads)
        {
            if (thread == main)
            {
                continue;
            }

            switch (ThreadTables.TryCompare(thread, main, out int order))
            {
                case ReadStatus.Ok when order != 0 && !TryAddTable(pid, thread):
                case ReadStatus.Denied:
                    return false;
            }
        }

        return true;
    }

    /// <summary>Adds the thread unless its table is already in the list or is empty. Sorted by the kernel's order.</summary>
    private bool TryAddTable(int pid, int thread)
    {
        int low = 0;
        int high = _tables.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (ThreadTables.TryCompare(thread, _tables[middle], out int order) != ReadStatus.Ok)
            {
                // One of the two has just ended.
                return true;
            }

            if (order == 0)
            {
                return true;
            }

            (low, high) = order < 0 ? (low, middle) : (middle + 1, high);
        }

        // An exiting thread has no table any more, which differs from all others.
        if (SizeOf(pid, thread) is null or 0)
        {
            return true;
        }

        if (_tables.Count == MostTables - 1)
        {
            return false;
        }

        _tables.Insert(low, thread);
        return true;
    }

    /// <summary>True if there is nothing to compare.</summary>
    private bool CompareSizes(int pid, int main, FdTables known, ImmutableArray<int> suspects)
    {
        _tables.Clear();
        HashSet<long> sizes = [];
        foreach (int thread in fds.Source == FdCountSource.Stat ? _threads : [])
        {
            if (thread == main || DifferentSizeOf(pid, main, thread) is not { } size)
            {
                continue;
            }

            // Threads that left the main table together share one of equal size.
            if (known.Threads.IndexOf(thread) <= 0 && (suspects.IsDefault || suspects.IndexOf(thread) < 0))
            {
                _suspects.Add(thread);
            }
            else if (sizes.Add(size) && _tables.Count < MostTables - 1)
            {
                _tables.Add(thread);
            }
        }

        return _threads.Count == 1;
    }

    private long? DifferentSizeOf(int pid, int main, int thread)
    {
        long? mainSize = SizeOf(pid, main);
        long? size = SizeOf(pid, thread);
        for (int round = 1; size is > 0 && size != mainSize; round++)
        {
            if (round == Rounds)
            {
                return size;
            }

            if (SizeOf(pid, main) != mainSize || SizeOf(pid, thread) != size)
            {
                break;
            }
        }

        return null;
    }

    private long? SizeOf(int pid, int thread) => fds.TryCount(new ProcFolder(pid, thread), out long size) == ReadStatus.Ok ? size : null;

    /// <summary>A kernel thread in a process (a vhost worker) may have no table. 0 if there is no thread.</summary>
    private int FirstWithDescriptors(int pid)
    {
        foreach (int thread in _threads)
        {
            if (SizeOf(pid, thread) > 0)
            {
                return thread;
            }
        }

        return _threads.Count > 0 ? _threads[0] : 0;
    }

    private void RemoveEndedThreads(int pid)
        => _threads.RemoveAll(thread => ProcessStat.TryRead(procFs, new ProcFolder(pid, thread), _stat, out ProcessStat stat) != ReadStatus.Ok
            || stat.State is (byte)'Z' or (byte)'X');
}
