namespace FdExporter.EndToEnd.Testing;

/// <summary>The tests of this collection share one leak and run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class WithOldLeak : ICollectionFixture<OldLeak>
{
    internal const string Name = "old leak";
}
