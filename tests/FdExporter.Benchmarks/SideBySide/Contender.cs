namespace FdExporter.Benchmarks.SideBySide;

/// <summary>Somebody who can tell what the machine holds.</summary>
internal abstract class Contender(string name) : IDisposable
{
    internal string Name { get; } = name;

    /// <summary>The mean of the looks of one turn.</summary>
    internal abstract Task<Measure> LookAsync(Looks looks);

    public virtual void Dispose()
    {
    }
}
