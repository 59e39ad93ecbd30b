using System.Diagnostics;

namespace LeakLab;

/// <summary>At most this many steps per second; without a rate, as fast as possible.</summary>
internal sealed class Pace(double? rate, StopSignal stop)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _steps;

    /// <summary>Waits until the next step is due.</summary>
    internal void Next()
    {
        stop.ThrowIfDue();
        if (rate is double perSecond)
        {
            stop.Sleep(TimeSpan.FromSeconds(_steps / perSecond) - Stopwatch.GetElapsedTime(_start));
        }

        _steps++;
    }
}
