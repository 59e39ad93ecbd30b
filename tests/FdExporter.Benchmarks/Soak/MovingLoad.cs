namespace FdExporter.Benchmarks.Soak;

/// <summary>One lab whose connections come and go without further commands: <c>churn</c> or <c>pods</c>.</summary>
/// <param name="namespaces">Number of namespaces that it creates.</param>
internal sealed class MovingLoad(int namespaces, params string[] arguments) : SoakLoad
{
    private Lab? _lab;
    private int _changes;

    internal static MovingLoad Proxy() => new(0, "churn", "--processes", "8", "--connections", "7500", "--rate", "250", "--name", "proxy");

    internal static MovingLoad Pods() => new(100, "pods", "--count", "100", "--connections", "20", "--name", "pod");

    internal override int Namespaces => _lab is null ? 0 : namespaces;

    internal override int Changes => _changes;

    internal override IReadOnlyList<int> Pids => _lab?.Pids ?? [];

    internal override IReadOnlyList<int> Owners => Pids;

    internal override int CompareEvery(int total) => Math.Max(total / 4, 1);

    /// <summary>A namespace is read once a minute, and a TIME_WAIT ends within one.</summary>
    internal override TimeSpan Timeout => TimeSpan.FromSeconds(130);

    internal override void Change()
    {
        _lab ??= Lab.Start(arguments);
        _changes++;
    }

    internal override Task StandStillAsync()
    {
        _lab?.StandStill();
        return Task.CompletedTask;
    }

    internal override void GoOn() => _lab?.GoOn();

    internal override Task ClearAsync()
    {
        _lab?.Dispose();
        _lab = null;
        return Task.CompletedTask;
    }
}
