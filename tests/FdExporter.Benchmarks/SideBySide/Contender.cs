namespace FdExporter.Benchmarks.SideBySide;

/// <summary>Somebody who can tell what the machine holds.</summary>
internal abstract class Contender(string name) : IDisposable
{
    internal string Name { get; } = name;

    /// <summary>One look, or the mean of several.</summary>
    internal abstract Task<Measure> LookAsync();

    public virtual void Dispose()
    {
    }
}
