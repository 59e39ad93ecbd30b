namespace FdExporter.Linux.Native;

/// <summary>
/// The calls of one thread that ask the kernel about other processes, any of which may never return: by whoever is in the middle
/// of execve(2) and waits for a memory map. Others see which process it is at, and may abandon the thread: when its call
/// returns after all it throws, so that it touches nothing that others have gone on with.
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

    /// <summary>The process that is being asked about, and a number that changes with each call. Pid 0: none is.</summary>
    internal (int Pid, int Count) Now => Volatile.Read(ref _state) == Inside ? (Volatile.Read(ref _pid), Volatile.Read(ref _count)) : (0, 0);

    /// <summary>Does the work with the calls of this thread watched.</summary>
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

    /// <returns>False when the thread is between two calls.</returns>
    internal bool TryAbandon() => Interlocked.CompareExchange(ref _state, Abandoned, Inside) == Inside;

    /// <summary>A call about a process begins.</summary>
    internal static void Begin(int pid)
    {
        if (t_current is { } calls)
        {
            Volatile.Write(ref calls._pid, pid);
            Volatile.Write(ref calls._count, calls._count + 1);
            Volatile.Write(ref calls._state, Inside);
        }
    }

    /// <summary>It has returned. To be called before anything is made of what it brought, on every way out.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    internal static void End()
    {
        if (t_current is { } calls && Interlocked.CompareExchange(ref calls._state, Outside, Inside) == Abandoned)
        {
            throw new OperationCanceledException();
        }
    }
}
