using System.Diagnostics;
using System.Runtime.InteropServices;
using LeakLab.Native;

namespace LeakLab;

/// <summary>
/// Why and when the lab ends: SIGTERM, SIGINT, its duration, or the end of its stdin. Every wait of the main thread goes
/// through here and throws <see cref="OperationCanceledException"/> when it is time, so nothing can delay the end.
/// </summary>
internal sealed unsafe class StopSignal : IDisposable
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TimeSpan? _duration;
    private readonly int _eventfd;
    private readonly PosixSignalRegistration[] _registrations;
    private volatile string? _reason;

    internal StopSignal(TimeSpan? duration, bool untilStdinCloses)
    {
        _duration = duration;
        _eventfd = SystemCallException.Check(Libc.eventfd(0, Libc.O_CLOEXEC), "eventfd");
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, "SIGTERM")),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, "SIGINT")),
        ];
        if (untilStdinCloses)
        {
            new Thread(WatchStdin, maxStackSize: 128 * 1024) { IsBackground = true, Name = "stdin" }.Start();
        }
    }

    /// <summary>`duration`, `SIGTERM`, `SIGINT` or `stdin`.</summary>
    internal string Reason => _reason ?? "duration";

    internal void ThrowIfDue()
    {
        if (_reason is not null || Stopwatch.GetElapsedTime(_start) >= _duration)
        {
            throw new OperationCanceledException();
        }
    }

    /// <summary>Returns when <paramref name="fd"/> has one of the events, or is in error.</summary>
    internal void WaitFor(int fd, short events = Libc.POLLIN) => _ = Poll(fd, events, null);

    /// <summary>The same, but returns false when the time is over; null means for ever.</summary>
    internal bool WaitFor(int fd, TimeSpan? atMost) => Poll(fd, Libc.POLLIN, atMost);

    /// <summary>For ever with null: until the lab ends.</summary>
    internal void Sleep(TimeSpan? time) => _ = Poll(-1, 0, time);

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        // The eventfd stays open: the stdin thread may still write to it, and by then the number could be another file's.
    }

    private bool Poll(int fd, short events, TimeSpan? timeout)
    {
        long start = Stopwatch.GetTimestamp();
        Libc.Pollfd* fds = stackalloc Libc.Pollfd[2];
        fds[0] = new Libc.Pollfd { fd = fd, events = events };
        fds[1] = new Libc.Pollfd { fd = _eventfd, events = Libc.POLLIN };
        while (true)
        {
            ThrowIfDue();
            TimeSpan? left = timeout - Stopwatch.GetElapsedTime(start);
            TimeSpan? untilEnd = _duration - Stopwatch.GetElapsedTime(_start);
            int ready = Libc.poll(fds, 2, Milliseconds(left is null || untilEnd < left ? untilEnd : left));
            if (ready < 0 && Marshal.GetLastPInvokeError() != Libc.EINTR)
            {
                throw new SystemCallException("poll", Marshal.GetLastPInvokeError());
            }

            if (ready > 0 && fds[0].revents != 0)
            {
                return true;
            }

            if (left <= TimeSpan.Zero)
            {
                return false;
            }
        }
    }

    // Rounded up: rounded down, the last millisecond would be spent spinning.
    private static int Milliseconds(TimeSpan? time)
        => time is TimeSpan span ? (int)Math.Clamp(Math.Ceiling(span.TotalMilliseconds), 0, int.MaxValue) : -1;

    private void OnSignal(PosixSignalContext context, string name)
    {
        context.Cancel = true;
        Request(name);
    }

    private void WatchStdin()
    {
        byte* buffer = stackalloc byte[256];
        nint count;
        do
        {
            count = Libc.read(0, buffer, 256);
        }
        while (count > 0 || (count < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR));

        Request("stdin");
    }

    private void Request(string reason)
    {
        _reason ??= reason;
        ulong one = 1;
        _ = Libc.write(_eventfd, &one, sizeof(ulong));
    }
}
