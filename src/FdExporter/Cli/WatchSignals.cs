using System.Runtime.InteropServices;
using FdExporter.Scanning.Reading;

namespace FdExporter.Cli;

/// <summary>What makes a watch end or draw anew, from without. It ends as whoever watches wants it to, so with success.</summary>
internal sealed class WatchSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _lock = new();

    /// <summary>Never disposed of: a signal may still be on its way to it.</summary>
    private readonly SemaphoreSlim _stirred = new(0);

    /// <summary>Guarded by <see cref="_lock"/>.</summary>
    private bool _hasEnded;

    /// <summary>Guarded by <see cref="_lock"/>.</summary>
    private Deadline? _scan;

    /// <param name="leave">Before the program is stopped (Ctrl-Z).</param>
    internal WatchSignals(Action leave)
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, End));
        }

        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, _ => leave()));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => _stirred.Release()));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => _stirred.Release()));
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

    /// <summary>A scan by this deadline is cut short by the end.</summary>
    internal void Hasten(Deadline scan)
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

    /// <returns>False once the time is over; true when it has to be drawn anew, or is at its end.</returns>
    internal bool Wait(TimeSpan time) => _stirred.Wait(Milliseconds(time));

    /// <summary>Rounded up: what is said to be an interval later is not sooner.</summary>
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

        _stirred.Release();
    }
}
