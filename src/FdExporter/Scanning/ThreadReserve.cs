namespace FdExporter.Scanning;

/// <summary>
/// Every thread that the pool may ever use, from the start: when it wants another one and the kernel has none (a full table of
/// pids, the limit of the user or of the control group), the runtime ends the program with "Out of memory". With
/// <c>System.Threading.ThreadPool.ThreadTimeoutMs</c> at -1 none of them ends for want of work.
/// </summary>
internal static class ThreadReserve
{
    /// <summary>
    /// Beside what waits without a thread: the scan, an inspection, the writing of evidence, four walks, checks of passwords.
    /// Each costs some 50 KB.
    /// </summary>
    private const int Threads = 12;

    /// <summary>At the limit already some of them may be missing, and are made when they are wanted.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    internal static void Hold()
    {
        ThreadPool.GetMaxThreads(out _, out int completionPorts);
        ThreadPool.GetMinThreads(out _, out int leastPorts);
        _ = ThreadPool.SetMinThreads(Threads, leastPorts) && ThreadPool.SetMaxThreads(Math.Max(Threads, Environment.ProcessorCount), completionPorts);

        // A thread that waits takes no more work, so that the pool has to make the next.
        CountdownEvent started = new(Threads);
        for (int i = 0; i < Threads; i++)
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
    }
}
