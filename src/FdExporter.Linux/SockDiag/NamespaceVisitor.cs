using System.Runtime.ExceptionServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.SockDiag;

/// <summary>
/// A thread that enters other network namespaces. setns(2) moves a thread, and no pool thread must stay in a wrong one. The
/// thread is created once and kept, since no new one can be created at the machine's thread limit. It returns to its own namespace
/// after each visit, so it keeps no other alive. Source: setns(2), network_namespaces(7). Needs CAP_SYS_ADMIN. For use by one
/// thread at a time.
/// </summary>
internal sealed class NamespaceVisitor : IDisposable
{
    private const int StackSize = 256 * 1024;
    private const string Target = "a thread for network namespaces";

    private readonly SemaphoreSlim _begun = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private bool _isRunning;
    private int _namespace;
    private Action? _work;
    private Exception? _failure;

    internal NamespaceVisitor() => TryStart();

    /// <summary>Runs work in the network namespace of the descriptor and rethrows its exception.</summary>
    /// <exception cref="KernelException">Entering the namespace was refused, or no thread is available.</exception>
    internal void Visit(int namespaceFd, Action work)
    {
        if (!_isRunning && !TryStart())
        {
            throw new KernelException("start", Target, Libc.EAGAIN);
        }

        (_namespace, _work, _failure) = (namespaceFd, work, null);
        _begun.Release();
        _done.Wait();
        _work = null;
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }
    }

    private bool TryStart()
    {
        try
        {
            _isRunning = true;
            new Thread(Run, StackSize) { IsBackground = true, Name = "netns visitor" }.Start();
        }
        catch (Exception refused) when (refused is OutOfMemoryException or ThreadStartException)
        {
            // The runtime reports in this way that pthread_create(3) hit the thread limit.
            _isRunning = false;
        }

        return _isRunning;
    }

    private void Run()
    {
        SafeFd? home = null;
        try
        {
            while (_isRunning)
            {
                _begun.Wait();
                if (_work is null)
                {
                    return;
                }

                home ??= TryOpenHome();
                bool isAway = false;
                try
                {
                    if (Libc.setns(_namespace, Libc.CLONE_NEWNET) != 0)
                    {
                        throw KernelException.FromLastError("setns", "a network namespace");
                    }

                    isAway = true;
                    _work();
                }
#pragma warning disable CA1031 // Rethrown to the waiting caller.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    _failure = exception;
                }

                // A thread that cannot return ends, which releases the namespace.
                _isRunning = !isAway || (home is not null && Libc.setns(home.Value, Libc.CLONE_NEWNET) == 0);
                _done.Release();
            }
        }
        finally
        {
            home?.Dispose();
        }
    }

    /// <summary>Null without a procfs at /proc, or without a free descriptor.</summary>
    private static unsafe SafeFd? TryOpenHome()
    {
        fixed (byte* path = "/proc/thread-self/ns/net\0"u8)
        {
            int fd = Libc.openat(Libc.AT_FDCWD, path, Libc.O_RDONLY | Libc.O_CLOEXEC);
            return fd < 0 ? null : new SafeFd(fd);
        }
    }

    /// <summary>Ends the thread without waiting for it.</summary>
    public void Dispose()
    {
        _work = null;
        _begun.Release();
    }
}
