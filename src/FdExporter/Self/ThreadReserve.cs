namespace FdExporter.Self;

/// <summary>
/// Creates all threads of the pool and the timer thread at startup: if the runtime wants a new thread and the kernel refuses
/// (a full table of pids, the limit of the user or of the control group), it ends the program with "Out of memory".
/// <c>System.Threading.ThreadPool.ThreadTimeoutMs</c> of -1 keeps idle threads. MinThreads and MaxThreads give the same
/// number on every machine: besides asynchronous waits it suffices for the scan, an inspection, writing evidence, four walks
/// and password checks. Each takes about 10 KB of stack in memory, and 16 KB in the kernel.
/// </summary>
internal static class ThreadReserve
{
    /// <summary>Number of threads that the program will need.</summary>
    internal static int Needed => Workers + OtherThreads;

    private static int Workers
    {
        get
        {
            ThreadPool.GetMaxThreads(out int threads, out _);
            return threads;
        }
    }

    /// <summary>At the limit some may be missing already; they are created on demand.</summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Besides the pool's workers: its gate, signals, timers, the log, two readers of processes, the visitor of namespaces,
    /// Kestrel's clock and its sockets', and one spare.
    /// </summary>
    private const int OtherThreads = 10;

    /// <summary>
    /// Whether the kernel grants as many threads as the program will need. If the runtime notices later, it ends the program
    /// with a stack trace, or reports an address in use. Call it before other threads exist.
    /// </summary>
    /// <param name="given">Number of threads granted, if too few.</param>
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
            // The runtime reports in this way that pthread_create(3) hit a limit.
        }

        end.Set();
        threads.ForEach(static thread => thread.Join());
        given = threads.Count;
        return given == Needed;
    }

    internal static void Hold()
    {
        int threads = Workers;

        // A waiting thread takes no more work, so the pool has to create the next.
        CountdownEvent started = new(threads);
        for (int i = 0; i < threads; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static all =>
                {
                    all.Signal();
                    all.Wait(s_timeout);
                },
                started,
                preferLocal: false);
        }

        started.Wait(s_timeout);

        // The thread shared by all timers, which the runtime starts with the first timer.
        using Timer first = new(static _ => { }, null, s_timeout, Timeout.InfiniteTimeSpan);
    }
}
