using System.Runtime.CompilerServices;
using System.Text;

namespace FdExporter.Fuzz.Targets;

/// <summary>Conditions that every result must meet.</summary>
internal static class Expect
{
    /// <summary>Above this length not every truncation is tried, and above the other none: long inputs test the running time.</summary>
    private const int EveryCut = 160;
    internal const int LongestCut = 4096;

    /// <summary>The result as text; null where the bytes are rejected.</summary>
    internal delegate string? Answer(ReadOnlySpan<byte> input);

    internal static void True(bool condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        if (!condition)
        {
            throw new FuzzException(what);
        }
    }

    internal static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new FuzzException($"{what}: {actual} instead of {expected}");
        }
    }

    /// <summary>A returned slice lies within the input: it is in bounds, and nothing was copied.</summary>
    internal static void Within(ReadOnlySpan<byte> part, ReadOnlySpan<byte> whole, [CallerArgumentExpression(nameof(part))] string what = "")
        => True(part.IsEmpty || (whole.Overlaps(part, out int offset) && offset >= 0 && offset + part.Length <= whole.Length), what);

    /// <summary>
    /// A truncated file with a known ending gives the same result or none. A truncated number is a number too, and would be
    /// taken for the real one.
    /// </summary>
    /// <param name="from">Truncations before it prove nothing.</param>
    internal static void CutsGiveNothingElse(ReadOnlySpan<byte> input, Answer answerOf, int from = 1)
    {
        string? answer = answerOf(input);
        if (answer is null || input.Length > LongestCut)
        {
            return;
        }

        int step = 1 + (input.Length / EveryCut);
        for (int length = input.Length - 1; length >= from; length -= input.Length - length > 32 ? step : 1)
        {
            string? ofCut = answerOf(input[..length]);
            if (ofCut is not null && ofCut != answer)
            {
                throw new FuzzException($"{ofCut} of the first {length} bytes, {answer} of all {input.Length}");
            }
        }
    }

    /// <summary>No unpaired surrogate, which cannot be written as UTF-8: two names could become one.</summary>
    internal static void ValidText(string text, [CallerArgumentExpression(nameof(text))] string what = "")
    {
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            True(Rune.DecodeFromUtf16(rest, out _, out int length) == System.Buffers.OperationStatus.Done, $"{what} holds half a character");
            rest = rest[length..];
        }
    }
}
