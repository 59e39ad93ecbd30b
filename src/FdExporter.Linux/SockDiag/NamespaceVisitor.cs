using System.Runtime.ExceptionServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.SockDiag;

/// <summary>
/// A thread that goes into other network namespaces: setns(2) moves a thread, and none of the pool's may be left in the wrong
/// one. It is made once and kept, since there may be none to be had when a machine is at its limit of threads. At home again
/// after each visit, it keeps no namespace alive. Source: setns(2), network_namespaces(7). Needs CAP_SYS_ADMIN. For use by
/// one thread at a time.
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

    /// <summary>Does the work with the network namespace of the thread being that of the descriptor, and throws what it throws.</summary>
    /// <exception cref="KernelException">The namespace may not be entered, or there is no thread to do it with.</exception>
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
            // So the runtime says that pthread_create(3) found the limit of threads.
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
#pragma warning disable CA1031 // Thrown where the work is waited for.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    _failure = exception;
                }

                // One that cannot come home ends, and lets go of the namespace by that.
                _isRunning = !isAway || (home is not null && Libc.setns(home.Value, Libc.CLONE_NEWNET) == 0);
                _done.Release();
            }
        }
        finally
        {
            home?.Dispose();
        }
    }

    /// <summary>Null without a procfs at the usual place, and where no descriptor is left.</summary>
    private static unsafe SafeFd? TryOpenHome()
    {
        fixed (byte* path = "/proc/thread-self/ns/net\0"u8)
        {
            int fd = Libc.openat(Libc.AT_FDCWD, path, Libc.O_RDONLY | Libc.O_CLOEXEC);
            return fd < 0 ? null : new SafeFd(fd);
        }
    }

    /// <summary>Ends the thread, which nobody waits for.</summary>
    public void Dispose()
    {
        _work = null;
        _begun.Release();
    }
}
