using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Inspection;

/// <summary>
/// Counts the open files behind the descriptors of all processes, if the verdict reports the machine's handles. Never on a
/// scrape, because it follows every descriptor. Thread-safe; results are cached for a while.
/// </summary>
internal sealed class HandleCounter(ProcFs procFs, TimeProvider time)
{
    internal static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    /// <summary>Extra time to wait, since the kernel may block for a process in the middle of execve.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();

    // All of these are guarded by _lock.
    private Task<HandleCount?>? _counting;
    private (HandleCount? Count, long At)? _last;

    /// <summary>Maximum number of descriptors to follow, about a second of work; with more the result is unknown.</summary>
    internal long MostDescriptors { get; init; } = 300_000;

    /// <returns>Null if unknown: too many descriptors, or out of time.</returns>
    internal async Task<HandleCount?> CountAsync(ProcessTable table, TimeSpan budget)
    {
        Task<HandleCount?> counting;
        lock (_lock)
        {
            if (_last is { } last && time.GetElapsedTime(last.At) < MaxAge)
            {
                return last.Count;
            }

            counting = _counting ??= Task.Run(() => CountOnce(table, new Deadline(time, budget)));
        }

        try
        {
            return await counting.WaitAsync(budget + s_grace, time).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or KernelException)
        {
            // If one walk never returns, no other is started: later calls wait for it.
            return null;
        }
    }

    private HandleCount? CountOnce(ProcessTable table, Deadline deadline)
    {
        HandleCount? count = null;
        try
        {
            long descriptors = 0;
            foreach (ref readonly ProcessSample process in table.Processes.AsSpan())
            {
                descriptors += process.OpenFds ?? 0;
            }

            count = descriptors > MostDescriptors ? null : new HandleWalk(procFs, deadline).Count(table);
            return count;
        }
        finally
        {
            lock (_lock)
            {
                _counting = null;
                _last = (count, time.GetTimestamp());
            }
        }
    }
}
