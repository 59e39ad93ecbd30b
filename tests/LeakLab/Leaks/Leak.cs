namespace LeakLab.Leaks;

/// <summary>One kind of leak. Disposing ends it together with the processes it started.</summary>
internal abstract class Leak : IDisposable
{
    /// <summary>The values of the `ready` line.</summary>
    internal abstract IEnumerable<(string Key, object Value)> Facts { get; }

    /// <summary>Returns once the kernel shows the complete load.</summary>
    internal abstract void Build();

    /// <summary>Returns after this time, or with null only by the stop signal; moving or growing loads change meanwhile.</summary>
    internal virtual void Live(TimeSpan? time, StopSignal stop) => stop.Sleep(time);

    /// <summary>Closes the leaked descriptors, as a fixed program would; the lab keeps running.</summary>
    internal abstract void Release();

    public abstract void Dispose();
}
