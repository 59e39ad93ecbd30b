namespace FdExporter.Scanning;

/// <summary>
/// Every thread that the pool may ever use, and that of the timers, from the start: when the runtime wants another one and the
/// kernel has none (a full table of pids, the limit of the user or of the control group), it ends the program with "Out of
/// memory". With <c>System.Threading.ThreadPool.ThreadTimeoutMs</c> at -1 none of them ends for want of work; MinThreads and
/// MaxThreads make them as many on every machine: beside what waits without a thread, the scan, an inspection, the writing of
/// evidence, four walks, checks of passwords. Each has some 10 KB of stack in memory, and 16 KB in the kernel.
/// </summary>
internal static class ThreadReserve
{
    /// <summary>At the limit already some of them may be missing, and are made when they are wanted.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    internal static void Hold()
    {
        ThreadPool.GetMaxThreads(out int threads, out _);

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
