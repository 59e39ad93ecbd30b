using System.Diagnostics;

namespace FdExporter.Benchmarks.SideBySide;

/// <summary>The schedule of a contender's measurements in one turn.</summary>
/// <param name="Count">Number of measurements, without the first: it finds everything that is new since the last turn.</param>
/// <param name="Interval">Time from one start to the next; zero for no pause.</param>
/// <param name="After">Delay of the first measurement, so that several contenders take turns within the interval.</param>
/// <param name="Gate">Held during a measurement, so that only one contender runs at a time.</param>
internal sealed record MeasurementPlan(int Count, TimeSpan Interval, TimeSpan After, SemaphoreSlim Gate)
{
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>Runs measurement number 0, 1, ... when it is due.</summary>
    internal async Task RunAsync(int number, Func<Task> measurement)
    {
        TimeSpan due = After + (number * Interval) - Stopwatch.GetElapsedTime(_started);
        await Task.Delay(due > TimeSpan.Zero ? due : TimeSpan.Zero);
        await Gate.WaitAsync();
        try
        {
            await measurement();
        }
        finally
        {
            Gate.Release();
        }
    }
}
