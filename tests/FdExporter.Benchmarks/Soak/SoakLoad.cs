namespace FdExporter.Benchmarks.Soak;

/// <summary>The load during the soak.</summary>
internal abstract class SoakLoad : IAsyncDisposable
{
    /// <summary>Its own network namespaces.</summary>
    internal abstract int Namespaces { get; }

    internal abstract int Changes { get; }

    /// <summary>Programs that do not change between two changes of the load.</summary>
    internal abstract IReadOnlyList<int> Pids { get; }

    /// <summary>Programs whose sockets are each compared with their owner; those in their own namespaces are counted there.</summary>
    internal virtual IReadOnlyList<int> Owners => [];

    /// <summary>Scrapes between two comparisons, for this total number of scrapes.</summary>
    internal virtual int CompareEvery(int total) => Math.Clamp(total / 20, 50, 1000);

    /// <summary>How long the exporter may differ from a paused load.</summary>
    internal virtual TimeSpan Timeout => TimeSpan.FromSeconds(6);

    /// <summary>Starts the next change; scrapes continue meanwhile.</summary>
    internal abstract void Change();

    /// <summary>Returns when nothing changes any more, until <see cref="GoOn"/>.</summary>
    internal abstract Task StandStillAsync();

    internal virtual void GoOn()
    {
    }

    /// <summary>Ends the whole load; a new one may start later.</summary>
    internal abstract Task ClearAsync();

    public virtual async ValueTask DisposeAsync() => await ClearAsync().ConfigureAwait(false);
}
