using System.Runtime.ExceptionServices;

namespace FdExporter.Scanning.Reading;

/// <summary>
/// A thread that reads for a scan, which the scan can walk away from: what waits in the kernel for another process's memory can
/// be neither interrupted nor given a deadline. One piece of work at a time.
/// </summary>
internal sealed class ReadingThread : IDisposable
{
    private const int Working = 0;
    private const int Done = 1;
    private const int Left = 2;

    private static readonly Action s_isBack = static () => { };

    private readonly SemaphoreSlim _begun = new(0);
    private readonly ManualResetEventSlim _done = new();
    private Action? _work;
    private Exception? _failure;
    private int _state;
    private Action? _returned;

    private ReadingThread()
    {
    }

    /// <summary>Null at the limit of threads.</summary>
    internal static ReadingThread? TryStart()
    {
        ReadingThread reading = new();
        try
        {
            new Thread(reading.Run) { IsBackground = true, Name = "reader" }.Start();
            return reading;
        }
        catch (Exception refused) when (refused is OutOfMemoryException or ThreadStartException)
        {
            // So the runtime says that pthread_create(3) found the limit.
            return null;
        }
    }

    /// <summary>
    /// Has it done; what it throws is thrown here. False when <paramref name="isStuck"/>, which is asked now and then, has
    /// said so: the thread is then left to itself, and must not be given any more until it has come back.
    /// </summary>
    internal bool TryRun(Action work, TimeSpan between, Func<bool> isStuck)
    {
        _returned = null;
        _work = work;
        _failure = null;
        _state = Working;
        _done.Reset();
        _begun.Release();
        while (!_done.Wait(between))
        {
            // It may come to its end in this very moment.
            if (isStuck() && Interlocked.CompareExchange(ref _state, Left, Working) == Working)
            {
                return false;
            }
        }

        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }

        return true;
    }

    /// <summary>Calls this when the work that was walked away from has come to its end after all, at once if it has: the thread may be given other work then.</summary>
    internal void WhenReturned(Action returned)
    {
        if (Interlocked.CompareExchange(ref _returned, returned, null) is not null)
        {
            returned();
        }
    }

    private void Run()
    {
        while (true)
        {
            _begun.Wait();
            if (_work is null)
            {
                return;
            }

            try
            {
                _work();
            }
#pragma warning disable CA1031 // Thrown where the work is waited for.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _failure = exception;
            }

            if (Interlocked.CompareExchange(ref _state, Done, Working) == Left)
            {
                // Either here or by the one that asks for it later.
                Interlocked.Exchange(ref _returned, s_isBack)?.Invoke();
                continue;
            }

            _done.Set();
        }
    }

    public void Dispose()
    {
        _work = null;
        _begun.Release();
    }
}
