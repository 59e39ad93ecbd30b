using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Processes;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Descriptors;

/// <summary>
/// Follows the descriptors of many processes on several threads. The scan takes the results in its own order, so they are the same as on
/// one thread. In the kernel the threads do not wait for each other.
/// </summary>
internal static class ParallelWalk
{
    /// <summary>Leaves processors for the machine's other work.</summary>
    private const int MaxThreads = 4;

    /// <summary>Descriptors between two checks of the clock.</summary>
    private const int DeadlineEvery = 64;

    /// <summary>As many as the processors available to this program (affinity and control group count), at most four.</summary>
    internal static int Threads { get; } = Math.Min(MaxThreads, Environment.ProcessorCount);

    /// <summary>A healthy walk reads the next descriptor within a few microseconds.</summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(1);

    /// <param name="processes">Each with the start of its walk, in the order in which they are begun.</param>
    /// <param name="left">Completes when the threads that were left behind with a hung process have returned.</param>
    /// <returns>
    /// The results in the order of the processes; null if the walk was not begun in time, failed or hangs. The caller's own walk finds out
    /// why.
    /// </returns>
    internal static FoundLinks?[] Run(
        ProcFs procFs, IReadOnlyList<(int Pid, FdTables Tables, FdPosition Next)> processes, Deadline deadline, int threads, out Task left)
    {
        FoundLinks?[] found = new FoundLinks?[processes.Count];
        int taken = -1;
        bool isOver = false;
        WatchedWork[] helpers = [.. Enumerable.Range(1, Math.Max(0, Math.Min(threads, processes.Count) - 1)).Select(_ => new WatchedWork().Of(Walk, deadline, s_timeout))];
        Task[] helping = [.. helpers.Select(static helper => Task.Run(helper.Do))];
        try
        {
            Walk();
        }
        finally
        {
            Volatile.Write(ref isOver, true);
        }

        for (int i = 0; i < helpers.Length; i++)
        {
            // A helper that the pool has not started will find nothing left to do.
            while (helpers[i].HasBegun && !helping[i].Wait(ProcessReader.Between) && !helpers[i].IsStuck())
            {
            }
        }

        left = Task.WhenAll(helping);
        return found;

        // One by one, so that if time runs out, only the last ones are left.
        void Walk()
        {
            Walker walker = new(procFs, deadline);
            while (!Volatile.Read(ref isOver) && Interlocked.Increment(ref taken) is var i && i < processes.Count)
            {
                try
                {
                    if (deadline.HasPassed)
                    {
                        break;
                    }

                    found[i] = procFs.MayAsk(processes[i].Pid) ? walker.Walk(processes[i]) : null;
                }
                catch (KernelException)
                {
                    // Several threads may have needed more handles than there are.
                    Volatile.Write(ref isOver, true);
                }
            }
        }
    }

    /// <summary>State of one walking thread.</summary>
    private sealed class Walker
    {
        private readonly FdLinks _links;
        private readonly FdLinkVisitor _visit;
        private readonly Deadline _deadline;
        private readonly RowBuffer<(uint Inode, FdPosition At)> _sockets = new();
        private readonly List<int> _rings = [];
        private readonly List<NotedFd> _noted = [];
        private FdTypeCounts _types;
        private FdPosition _next;
        private FdMap? _map;
        private int _count;

        internal Walker(ProcFs procFs, Deadline deadline)
        {
            _links = new FdLinks(procFs);
            _deadline = deadline;
            _visit = Visit;
        }

        internal FoundLinks Walk((int Pid, FdTables Tables, FdPosition Next) process)
        {
            _sockets.Clear();
            _rings.Clear();
            _noted.Clear();
            _types = default;
            _count = 0;
            _next = process.Next;
            _map = process.Tables.Count == 1 && process.Next == default ? new FdMap() : null;
            ReadStatus status = FdTableWalk.TryWalk(_links, process.Pid, process.Tables, ref _next, _visit);
            return new FoundLinks(status, _next, _count, _types, _map, _sockets.Span.ToArray(), [.. _rings], [.. _noted]);
        }

        private bool Visit(int number, FdLink link, ReadOnlySpan<byte> target)
        {
            FdType type = FdTypes.Of(link.Kind);
            _types[type]++;
            _map = _map?.TrySet(number, type, (uint)link.SocketInode) == true ? _map : null;
            if (link.SocketInode != 0)
            {
                _sockets.Add(((uint)link.SocketInode, _next with { Fd = number }));
            }
            else if (link.Kind == FdKind.IoUring)
            {
                _rings.Add(number);
            }
            else if (NotedFd.IsWanted(type, _noted.Count))
            {
                _noted.Add(new NotedFd(_next.Table, number, type));
            }

            return ++_count % DeadlineEvery != 0 || !_deadline.HasPassed;
        }
    }
}
