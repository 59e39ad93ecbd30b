using System.Globalization;

namespace FdExporter.Linux.Files;

/// <summary>
/// A thread for work on files that its caller can walk away from: a file system that does not answer (a FUSE server that hangs,
/// NFS without its server) keeps whoever reads or writes there for ever, and can be neither interrupted nor given a deadline. One
/// piece of work at a time: while one does not come back every other fails at once, so that this costs one thread and one wait.
/// </summary>
internal sealed class FileThread : IDisposable
{
    /// <summary>So long a file has to answer.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly TimeSpan _timeout;
    private readonly SemaphoreSlim _begun = new(0);
    private Action? _work;
    private bool _isStarted;
    private bool _hasEnded;

    /// <summary>Starts it, so that it is there when there are no threads to be had.</summary>
    internal FileThread(TimeSpan? timeout = null)
    {
        _timeout = timeout ?? Timeout;
        TryStart();
    }

    /// <summary>Has it done, and throws what it throws. What has not come back must leave nothing for others to see that it has not done wholly.</summary>
    /// <exception cref="TimeoutException">It has not come back in time, or what was to be done before has not.</exception>
    /// <exception cref="IOException">There was no thread to be had when this was made, and there is none now.</exception>
    internal T Run<T>(Func<T> work)
    {
        TaskCompletionSource<T> result = new();
        Action run = () => Complete(result, work);
        if (!_isStarted && !TryStart())
        {
            throw new IOException("no thread is to be had to read or write it with");
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
#pragma warning disable CA1031 // Thrown where it is waited for.
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
            // So the runtime says that there is no thread to be had now.
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

    /// <summary>The thread ends, if need be when its work has come back.</summary>
    public void Dispose()
    {
        _hasEnded = true;
        _begun.Release();
    }
}
