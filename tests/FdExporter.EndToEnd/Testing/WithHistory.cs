namespace FdExporter.EndToEnd.Testing;

/// <summary>An exporter that has scanned in two different minutes, and a program with sockets and pipes. One for all tests of a class.</summary>
public sealed class WithHistory : IAsyncLifetime
{
    private readonly System.Diagnostics.Stopwatch _since = new();
    private LeakLab? _sockets;
    private LeakLab? _pipes;

    internal Exporter Exporter { get; private set; } = null!;

    /// <summary>The process with pipes.</summary>
    internal int Pid => _pipes!.Child.Pid;

    public async ValueTask InitializeAsync()
    {
        _sockets = await LeakLab.StartAsync("close-wait", "--count", "20", "--name", "past", "--hold-peer");
        _pipes = await LeakLab.StartAsync("fds", "--type", "pipe", "--count", "24", "--name", "past");
        Exporter = await Exporter.StartAsync();
        await Exporter.ScrapeAsync();
        _since.Start();
    }

    /// <summary>Waits until a scan in another minute has been added to the history.</summary>
    internal async Task TwoMinutesAsync()
    {
        TimeSpan left = TimeSpan.FromSeconds(61) - _since.Elapsed;
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, TestContext.Current.CancellationToken);
        await Exporter.ScrapeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable? each in (IAsyncDisposable?[])[Exporter, _pipes, _sockets])
        {
            if (each is not null)
            {
                await each.DisposeAsync();
            }
        }
    }
}
