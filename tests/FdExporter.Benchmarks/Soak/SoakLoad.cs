namespace FdExporter.Benchmarks.Soak;

/// <summary>What the exporter looks at meanwhile.</summary>
internal abstract class SoakLoad : IAsyncDisposable
{
    /// <summary>Network namespaces of its own.</summary>
    internal abstract int Namespaces { get; }

    internal abstract int Changes { get; }

    /// <summary>Programs that stand still between two changes.</summary>
    internal abstract IReadOnlyList<int> Pids { get; }

    /// <summary>Of these each socket is held against its owner, and those that live in namespaces of their own are counted there.</summary>
    internal virtual IReadOnlyList<int> Owners => [];

    /// <summary>Scrapes between two comparisons, of so many in all.</summary>
    internal virtual int CompareEvery(int total) => Math.Clamp(total / 20, 50, 1000);

    /// <summary>How long the exporter may differ from a load that stands still.</summary>
    internal virtual TimeSpan Timeout => TimeSpan.FromSeconds(6);

    /// <summary>Begins the next change; scrapes go on meanwhile.</summary>
    internal abstract void Change();

    /// <summary>Returns when nothing changes any more, until <see cref="GoOn"/>.</summary>
    internal abstract Task StandStillAsync();

    internal virtual void GoOn()
    {
    }

    /// <summary>Ends all of it; more may come after.</summary>
    internal abstract Task ClearAsync();

    public virtual async ValueTask DisposeAsync() => await ClearAsync().ConfigureAwait(false);
}
