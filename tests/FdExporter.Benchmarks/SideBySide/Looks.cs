using System.Diagnostics;

namespace FdExporter.Benchmarks.SideBySide;

/// <summary>How a contender looks in one of its turns.</summary>
/// <param name="Count">So often, after a first look that is not counted: it would see what is new since the last turn.</param>
/// <param name="Interval">From the start of one to that of the next; zero for at once.</param>
/// <param name="After">Of the start of the turn to the first look, so that several take turns within the interval.</param>
/// <param name="Gate">Held while it looks: one at a time.</param>
internal sealed record Looks(int Count, TimeSpan Interval, TimeSpan After, SemaphoreSlim Gate)
{
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>Makes look number 0, 1, ... when it is due.</summary>
    internal async Task LookAsync(int number, Func<Task> look)
    {
        TimeSpan due = After + (number * Interval) - Stopwatch.GetElapsedTime(_started);
        await Task.Delay(due > TimeSpan.Zero ? due : TimeSpan.Zero);
        await Gate.WaitAsync();
        try
        {
            await look();
        }
        finally
        {
            Gate.Release();
        }
    }
}
