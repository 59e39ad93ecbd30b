using System.Globalization;

namespace FdExporter.Self;

/// <summary>
/// Tells the service manager at intervals that the exporter lives, but only after it was seen to: a check that fails to
/// return keeps the message back, and the manager restarts what hangs. Source: sd_watchdog_enabled(3).
/// </summary>
internal sealed class Watchdog : IAsyncDisposable
{
    /// <summary>How often in the time that the manager waits. The check itself may take the rest.</summary>
    private const int Signs = 4;

    private readonly CancellationTokenSource _end = new();
    private readonly Task _work;

    /// <param name="check">Returns once the exporter answers.</param>
    internal Watchdog(ServiceManager manager, TimeSpan timeout, Func<CancellationToken, Task> check, TimeProvider time)
        => _work = Task.Run(async () =>
        {
            while (true)
            {
                await check(_end.Token).ConfigureAwait(false);
                manager.Alive();
                await Task.Delay(timeout / Signs, time, _end.Token).ConfigureAwait(false);
            }
        });

    /// <summary>How long the manager waits for a sign of this process; null if it waits for none.</summary>
    /// <param name="microseconds">WATCHDOG_USEC.</param>
    /// <param name="pid">WATCHDOG_PID: whom it is meant for; null for whoever reads it.</param>
    internal static TimeSpan? TimeoutOf(string? microseconds, string? pid)
        => long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            && value > 0 && value <= TimeSpan.MaxValue.TotalMicroseconds / 2
            && (pid is null || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            ? TimeSpan.FromMicroseconds(value)
            : null;

    /// <summary>Null if the manager waits for no sign.</summary>
    internal static Watchdog? OfEnvironment(ServiceManager manager, Func<CancellationToken, Task> check, TimeProvider time)
        => TimeoutOf(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID")) is { } timeout
            ? new Watchdog(manager, timeout, check, time)
            : null;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }
}
