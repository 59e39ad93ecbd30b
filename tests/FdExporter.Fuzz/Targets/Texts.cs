using System.Text;

namespace FdExporter.Fuzz.Targets;

/// <summary>Bytes as the text that a parser of text is given.</summary>
internal static class Texts
{
    /// <summary>As names of processes come in: what is no UTF-8 becomes a character of its own, so the text is always valid.</summary>
    internal static string Decode(ReadOnlySpan<byte> input) => Encoding.UTF8.GetString(input);

    /// <summary>As a header or a YAML escape can hold it: U+F8FE and U+F8FF stand for the halves of a surrogate pair.</summary>
    internal static string DecodeWild(ReadOnlySpan<byte> input) => Decode(input).Replace('\uF8FE', '\uD83D').Replace('\uF8FF', '\uDE00');
}
