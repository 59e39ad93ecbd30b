namespace FdExporter.Self;

/// <summary>
/// Every thread that the pool may ever use, and that of the timers, from the start: when the runtime wants another one and the
/// kernel has none (a full table of pids, the limit of the user or of the control group), it ends the program with "Out of
/// memory". With <c>System.Threading.ThreadPool.ThreadTimeoutMs</c> at -1 none of them ends for want of work; MinThreads and
/// MaxThreads make them as many on every machine: beside what waits without a thread, the scan, an inspection, the writing of
/// evidence, four walks, checks of passwords. Each has some 10 KB of stack in memory, and 16 KB in the kernel.
/// </summary>
internal static class ThreadReserve
{
    /// <summary>How many threads the program will need.</summary>
    internal static int Needed => Workers + OtherThreads;

    private static int Workers
    {
        get
        {
            ThreadPool.GetMaxThreads(out int threads, out _);
            return threads;
        }
    }

    /// <summary>At the limit already some of them may be missing, and are made when they are wanted.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Beside the pool's workers: its gate, signals, timers, the log, two readers of processes, the visitor of namespaces,
    /// Kestrel's clock and its sockets', and one more.
    /// </summary>
    private const int OtherThreads = 10;

    /// <summary>
    /// Whether the kernel gives as many threads as the program will need. Where the runtime finds out by itself, and later, it
    /// ends the program with a trace of its stack, or tells of an address in use. To be called before there are others.
    /// </summary>
    /// <param name="given">How many it gives; where that is too few.</param>
    internal static bool CanHold(out int given)
    {
        using ManualResetEventSlim end = new();
        List<Thread> threads = [];
        try
        {
            while (threads.Count < Needed)
            {
                Thread thread = new(end.Wait) { IsBackground = true };
                thread.Start();
                threads.Add(thread);
            }
        }
        catch (Exception refused) when (refused is OutOfMemoryException or ThreadStartException)
        {
            // So the runtime says that pthread_create(3) found a limit.
        }

        end.Set();
        threads.ForEach(static thread => thread.Join());
        given = threads.Count;
        return given == Needed;
    }

    internal static void Hold()
    {
        int threads = Workers;

        // A thread that waits takes no more work, so that the pool has to make the next.
        CountdownEvent started = new(threads);
        for (int i = 0; i < threads; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static all =>
                {
                    all.Signal();
                    all.Wait(s_longest);
                },
                started,
                preferLocal: false);
        }

        started.Wait(s_longest);

        // The one thread that all timers share, which the runtime starts with the first of them.
        using Timer first = new(static _ => { }, null, s_longest, Timeout.InfiniteTimeSpan);
    }
}
