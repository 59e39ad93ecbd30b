using System.Runtime.InteropServices;
using FdExporter.Scanning.Reading;

namespace FdExporter.Cli;

/// <summary>Signals that end <c>top --watch</c> or make it redraw. To end by a signal is the normal end, so the exit code is 0.</summary>
internal sealed class WatchSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _lock = new();

    /// <summary>Never disposed: a signal handler may still be about to use it.</summary>
    private readonly SemaphoreSlim _wake = new(0);

    /// <summary>Guarded by <see cref="_lock"/>.</summary>
    private bool _hasEnded;

    /// <summary>Guarded by <see cref="_lock"/>.</summary>
    private Deadline? _scan;

    /// <param name="leave">Called before the program is stopped (Ctrl-Z).</param>
    internal WatchSignals(Action leave)
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, End));
        }

        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, _ => leave()));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => _wake.Release()));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => _wake.Release()));
    }

    internal bool HasEnded
    {
        get
        {
            lock (_lock)
            {
                return _hasEnded;
            }
        }
    }

    /// <summary>Makes a signal that ends the watch also end the scan with this deadline.</summary>
    internal void CancelAtEnd(Deadline scan)
    {
        lock (_lock)
        {
            _scan = scan;
            if (_hasEnded)
            {
                scan.Pass();
            }
        }
    }

    /// <returns>False after the time; true if the screen must be redrawn or the watch has ended.</returns>
    internal bool Wait(TimeSpan time) => _wake.Wait(Milliseconds(time));

    /// <summary>Rounded up, so that a scan never starts before its interval is over.</summary>
    internal static int Milliseconds(TimeSpan time) => (int)Math.Clamp(Math.Ceiling(time.TotalMilliseconds), 0, int.MaxValue);

    public void Dispose() => _registrations.ForEach(static each => each.Dispose());

    private void End(PosixSignalContext context)
    {
        context.Cancel = true;
        lock (_lock)
        {
            _hasEnded = true;
            _scan?.Pass();
        }

        _wake.Release();
    }
}
