using System.Globalization;

namespace FdExporter.Linux.Files;

/// <summary>
/// A thread for file access that the caller can abandon. A file system that does not answer (a hung FUSE server, NFS without
/// its server) blocks readers and writers forever, without a way to interrupt them. One operation at a time: while one hangs,
/// all others fail at once, so this costs one thread and one wait.
/// </summary>
internal sealed class FileThread : IDisposable
{
    /// <summary>Time limit for one operation.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly TimeSpan _timeout;
    private readonly SemaphoreSlim _begun = new(0);
    private Action? _work;
    private bool _isStarted;
    private bool _hasEnded;

    /// <summary>Starts the thread early, before the machine can run out of threads.</summary>
    internal FileThread(TimeSpan? timeout = null)
    {
        _timeout = timeout ?? Timeout;
        TryStart();
    }

    /// <summary>
    /// Runs an operation and rethrows its exception. An operation that hangs must not leave partial results that others can
    /// see.
    /// </summary>
    /// <exception cref="TimeoutException">The operation, or an earlier one, has not returned in time.</exception>
    /// <exception cref="IOException">No thread could be started, neither at construction nor now.</exception>
    internal T Run<T>(Func<T> work)
    {
        TaskCompletionSource<T> result = new();
        Action run = () => Complete(result, work);
        if (!_isStarted && !TryStart())
        {
            throw new IOException("no thread available to read or write it");
        }

        if (Interlocked.CompareExchange(ref _work, run, null) is not null)
        {
            throw NoAnswer();
        }

        _begun.Release();
        return Task.WaitAny([result.Task], _timeout) == 0 ? result.Task.GetAwaiter().GetResult() : throw NoAnswer();
    }

    private TimeoutException NoAnswer()
        => new(string.Create(CultureInfo.InvariantCulture, $"no answer within {_timeout.TotalSeconds} s"));

    private void Complete<T>(TaskCompletionSource<T> result, Func<T> work)
    {
        try
        {
            T value = work();
            _work = null;
            result.SetResult(value);
        }
#pragma warning disable CA1031 // Rethrown to the waiting caller.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _work = null;
            result.SetException(exception);
        }
    }

    private bool TryStart()
    {
        try
        {
            new Thread(Serve) { IsBackground = true, Name = "files" }.Start();
            _isStarted = true;
        }
        catch (Exception refused) when (refused is OutOfMemoryException or ThreadStartException)
        {
            // The runtime reports in this way that no thread can be started.
        }

        return _isStarted;
    }

    private void Serve()
    {
        while (true)
        {
            _begun.Wait();
            if (_hasEnded)
            {
                return;
            }

            Volatile.Read(ref _work)!();
        }
    }

    /// <summary>Ends the thread, after its current operation if one is running.</summary>
    public void Dispose()
    {
        _hasEnded = true;
        _begun.Release();
    }
}
