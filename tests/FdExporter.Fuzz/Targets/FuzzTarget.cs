namespace FdExporter.Fuzz.Targets;

/// <summary>
/// Gives any bytes to a parser and holds its answer against what must be true of every answer.
/// </summary>
/// <returns>Whether the parser took the bytes for what it reads.</returns>
/// <exception cref="FuzzException">Something is not true. Any other exception is a finding as well.</exception>
internal delegate bool FuzzCheck(ReadOnlySpan<byte> input);

/// <summary>One parser, or several that read the same bytes.</summary>
/// <param name="Name">Also the name of its folder below <c>Cases</c>.</param>
/// <param name="Seeds">What it reads in real life, most of it captured.</param>
internal sealed record FuzzTarget(string Name, FuzzCheck Check, params IReadOnlyList<byte[]> Seeds)
{
    /// <summary>Words of its language, which no mutation finds by itself.</summary>
    internal IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>As much as it is ever given. Unit: bytes.</summary>
    internal int MaxLength { get; init; } = 256 * 1024;
}
