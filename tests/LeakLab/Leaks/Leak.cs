namespace LeakLab.Leaks;

/// <summary>One kind of leak. Disposing ends it together with the processes it started.</summary>
internal abstract class Leak : IDisposable
{
    /// <summary>What the `ready` line tells of it.</summary>
    internal abstract IEnumerable<(string Key, object Value)> Facts { get; }

    /// <summary>Returns once the load stands as the kernel sees it.</summary>
    internal abstract void Build();

    /// <summary>Returns after this time, or with null only by the stop signal; what moves or grows does so here.</summary>
    internal virtual void Live(TimeSpan? time, StopSignal stop) => stop.Sleep(time);

    /// <summary>Closes what is leaked, as a repaired program would; the lab lives on.</summary>
    internal abstract void Release();

    public abstract void Dispose();
}
