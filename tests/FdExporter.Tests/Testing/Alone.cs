namespace FdExporter.Tests.Testing;

/// <summary>Tests that measure what all of the process uses: no other runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    internal const string Name = "alone";
}
