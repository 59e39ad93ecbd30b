namespace FdExporter.Benchmarks.SideBySide;

/// <summary>A program that reports what the machine holds.</summary>
internal abstract class Contender(string name) : IDisposable
{
    internal string Name { get; } = name;

    /// <summary>The mean of the measurements of one turn.</summary>
    internal abstract Task<Measure> MeasureAsync(MeasurementPlan plan);

    public virtual void Dispose()
    {
    }
}
