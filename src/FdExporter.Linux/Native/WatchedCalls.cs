namespace FdExporter.Linux.Native;

/// <summary>
/// Calls of one thread that ask the kernel about other processes. Any of them may hang: for a process in the middle of
/// execve(2) it waits for the memory map. Other threads see the process in question and can abandon the thread. An abandoned
/// call throws when it returns, so the thread touches no data that others use again.
/// </summary>
internal sealed class WatchedCalls
{
    private const int Outside = 0;
    private const int Inside = 1;
    private const int Abandoned = 2;

    [ThreadStatic]
    private static WatchedCalls? t_current;

    private int _state;
    private int _pid;
    private int _count;

    /// <summary>The process in question and a number that changes with each call. Pid 0: no call is running.</summary>
    internal (int Pid, int Count) Now => Volatile.Read(ref _state) == Inside ? (Volatile.Read(ref _pid), Volatile.Read(ref _count)) : (0, 0);

    /// <summary>Runs work with the calls of this thread watched.</summary>
    internal void Watch(Action work)
    {
        t_current = this;
        try
        {
            work();
        }
        finally
        {
            t_current = null;
        }
    }

    /// <returns>False if the thread is between two calls.</returns>
    internal bool TryAbandon() => Interlocked.CompareExchange(ref _state, Abandoned, Inside) == Inside;

    /// <summary>Starts a call about a process.</summary>
    internal static void Begin(int pid)
    {
        if (t_current is { } calls)
        {
            Volatile.Write(ref calls._pid, pid);
            Volatile.Write(ref calls._count, calls._count + 1);
            Volatile.Write(ref calls._state, Inside);
        }
    }

    /// <summary>Ends a call. Call it on every exit path, before using the result.</summary>
    /// <exception cref="OperationCanceledException">The call was abandoned.</exception>
    internal static void End()
    {
        if (t_current is { } calls && Interlocked.CompareExchange(ref calls._state, Outside, Inside) == Abandoned)
        {
            throw new OperationCanceledException();
        }
    }
}
