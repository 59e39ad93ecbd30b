namespace FdExporter.EndToEnd.Testing;

/// <summary>One after the other, with one leak.</summary>
[CollectionDefinition(Name)]
public sealed class WithOldLeak : ICollectionFixture<OldLeak>
{
    internal const string Name = "old leak";
}
