namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// A leak that is a minute old, so that it is reported: one for all tests that need one. The kernel tells its age to each
/// exporter at the first scan.
/// </summary>
public sealed class OldLeak : IAsyncLifetime
{
    private LeakLab? _lab;

    internal LeakLab Lab => _lab!;

    public async ValueTask InitializeAsync()
    {
        _lab = await LeakLab.StartAsync("close-wait", "--count", "140", "--name", "appserver", "--hold-peer");
        await using Exporter exporter = await Exporter.StartAsync();
        await Stuck.ForAMinuteAsync(exporter, ("appserver", 140));
    }

    public async ValueTask DisposeAsync() => await Lab.DisposeAsync();
}
