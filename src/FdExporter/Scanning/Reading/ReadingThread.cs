using System.Runtime.ExceptionServices;

namespace FdExporter.Scanning.Reading;

/// <summary>
/// A thread that reads for a scan and can be abandoned: a read that waits in the kernel for another process's memory can be
/// neither interrupted nor limited in time. One operation at a time.
/// </summary>
internal sealed class ReadingThread : IDisposable
{
    private const int Working = 0;
    private const int Done = 1;
    private const int LeftBehind = 2;

    private static readonly Action s_hasReturned = static () => { };

    private readonly SemaphoreSlim _begun = new(0);
    private readonly ManualResetEventSlim _done = new();

    /// <summary>Null once it has begun, so that its results can be released, and to end the thread.</summary>
    private Action? _work;
    private Exception? _failure;
    private int _state;
    private Action? _returned;

    private ReadingThread()
    {
    }

    /// <summary>Null at the thread limit.</summary>
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
            // The runtime reports in this way that pthread_create(3) hit the limit.
            return null;
        }
    }

    /// <summary>
    /// Runs work and rethrows its exception. False if <paramref name="isStuck"/>, which is called periodically, returned
    /// true: the thread is then abandoned, and must get no more work until it has returned.
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
            // The work may finish at this very moment.
            if (isStuck() && Interlocked.CompareExchange(ref _state, LeftBehind, Working) == Working)
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

    /// <summary>
    /// Calls this when the abandoned work has finished after all, or at once if it already has: the thread may then be used
    /// again.
    /// </summary>
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
            if (Interlocked.Exchange(ref _work, null) is not { } work)
            {
                return;
            }

            try
            {
                work();
            }
#pragma warning disable CA1031 // Rethrown to the waiting caller.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _failure = exception;
            }

            if (Interlocked.CompareExchange(ref _state, Done, Working) == LeftBehind)
            {
                // Called either here or by a later registration.
                Interlocked.Exchange(ref _returned, s_hasReturned)?.Invoke();
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
