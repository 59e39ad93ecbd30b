using Xunit.v3;

namespace FdExporter.Tests.Testing;

/// <summary>
/// What a test, or each test of a class, needs besides the .NET SDK and coreutils: <c>root</c> or the names of programs.
/// <c>tests/run --unit</c> leaves these tests out, by their trait.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsAttribute(params string[] what) : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [.. what.Select(static each => KeyValuePair.Create("needs", each))];
}
