namespace FdExporter.Tests.Testing;

/// <summary>Tests that measure the resources of the whole process, so no other test runs at the same time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    internal const string Name = "alone";
}
