using System.Text;

namespace FdExporter.Fuzz.Targets;

/// <summary>Converts bytes to the text that a parser gets.</summary>
internal static class Texts
{
    /// <summary>Like names of processes: invalid UTF-8 becomes a special character, so the text is always valid.</summary>
    internal static string Decode(ReadOnlySpan<byte> input) => Encoding.UTF8.GetString(input);

    /// <summary>Like a header or a YAML escape: U+F8FE and U+F8FF stand for unpaired surrogates.</summary>
    internal static string DecodeWild(ReadOnlySpan<byte> input) => Decode(input).Replace('\uF8FE', '\uD83D').Replace('\uF8FF', '\uDE00');
}
