namespace FdExporter.Fuzz.Targets;

/// <summary>
/// Passes any bytes to a parser and checks the conditions that every result must meet.
/// </summary>
/// <returns>Whether the parser accepted the bytes.</returns>
/// <exception cref="FuzzException">A condition is not met. Any other exception is a finding as well.</exception>
internal delegate bool FuzzCheck(ReadOnlySpan<byte> input);

/// <summary>One parser, or several that read the same bytes.</summary>
/// <param name="Name">Also the name of its folder below <c>Cases</c>.</param>
/// <param name="Seeds">Realistic inputs, most of them captured.</param>
internal sealed record FuzzTarget(string Name, FuzzCheck Check, params IReadOnlyList<byte[]> Seeds)
{
    /// <summary>Words of its language, which mutations do not find by themselves.</summary>
    internal IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The longest input that it ever gets. Unit: bytes.</summary>
    internal int MaxLength { get; init; } = 256 * 1024;
}
