using FdExporter.Self;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Self;

public class WatchdogTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Signal_IsSentFourTimesPerTimeout()
    {
        FakeTimeProvider time = new();
        using NotifySocket socket = new();
        using ServiceManager manager = new(socket.Name);
        int checks = 0;
        await using Watchdog watchdog = new(manager, s_timeout, _ => Task.FromResult(Interlocked.Increment(ref checks)), time);
        for (int i = 1; i < 4; i++)
        {
            Assert.Equal("WATCHDOG=1", await socket.ReceiveAsync());
            Assert.Equal(i, Volatile.Read(ref checks));
            await AdvanceAsync(time, s_timeout / 4, () => socket.HasMessage);
        }
    }

    [Fact]
    public async Task HungCheck_WithholdsTheSignal()
    {
        FakeTimeProvider time = new();
        using NotifySocket socket = new();
        using ServiceManager manager = new(socket.Name);
        TaskCompletionSource asked = new();
        TaskCompletionSource answer = new();
        await using Watchdog watchdog = new(
            manager,
            s_timeout,
            cancellation =>
            {
                asked.TrySetResult();
                return answer.Task.WaitAsync(cancellation);
            },
            time);
        await asked.Task;
        time.Advance(10 * s_timeout);
        Assert.False(socket.HasMessage);
        answer.SetResult();
        Assert.Equal("WATCHDOG=1", await socket.ReceiveAsync());
    }

    [Fact]
    public async Task HungCheck_DoesNotDelayTheEnd()
    {
        using ServiceManager manager = new(null);
        Watchdog watchdog = new(manager, s_timeout, static cancellation => Task.Delay(Timeout.Infinite, cancellation), TimeProvider.System);
        await watchdog.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("120000000", null, 120.0)]
    [InlineData("1500000", "own", 1.5)]
    [InlineData("120000000", "1", null)]
    [InlineData("120000000", "", null)]
    [InlineData(null, null, null)]
    [InlineData("", null, null)]
    [InlineData("0", null, null)]
    [InlineData("-5", null, null)]
    [InlineData("2min", null, null)]
    [InlineData("9223372036854775807", null, null)]
    [InlineData("99999999999999999999", null, null)]
    public void Timeout_IsThatOfTheManagerForThisProcess(string? microseconds, string? pid, double? seconds)
        => Assert.Equal(
            seconds,
            Watchdog.TimeoutOf(microseconds, pid == "own" ? Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture) : pid)?.TotalSeconds);

    // The loop may not have started to wait yet: it does not see time that passes before.
    private static async Task AdvanceAsync(FakeTimeProvider time, TimeSpan by, Func<bool> until)
    {
        while (!until())
        {
            time.Advance(by);
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
