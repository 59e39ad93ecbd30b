using System.Globalization;

namespace FdExporter.Self;

/// <summary>
/// Tells the service manager periodically that the exporter is alive, after a successful check. If the check hangs, no
/// message is sent, and the manager restarts the exporter. Source: sd_watchdog_enabled(3).
/// </summary>
internal sealed class Watchdog : IAsyncDisposable
{
    /// <summary>Messages per watchdog interval. The check itself may take the rest.</summary>
    private const int MessagesPerInterval = 4;

    private readonly CancellationTokenSource _end = new();
    private readonly Task _work;

    /// <param name="check">Returns if the exporter answers.</param>
    internal Watchdog(ServiceManager manager, TimeSpan timeout, Func<CancellationToken, Task> check, TimeProvider time)
        => _work = Task.Run(async () =>
        {
            while (true)
            {
                await check(_end.Token).ConfigureAwait(false);
                manager.Alive();
                await Task.Delay(timeout / MessagesPerInterval, time, _end.Token).ConfigureAwait(false);
            }
        });

    /// <summary>The watchdog interval for this process; null if there is none.</summary>
    /// <param name="microseconds">WATCHDOG_USEC.</param>
    /// <param name="pid">WATCHDOG_PID: the intended process; null for any.</param>
    internal static TimeSpan? TimeoutOf(string? microseconds, string? pid)
        => long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            && value > 0 && value <= TimeSpan.MaxValue.TotalMicroseconds / 2
            && (pid is null || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            ? TimeSpan.FromMicroseconds(value)
            : null;

    /// <summary>Null without a watchdog.</summary>
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
