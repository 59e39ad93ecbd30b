using System.Text;
using CsCheck;

namespace FdExporter.Tests.Testing;

/// <summary>Requirements for every parser of kernel text.</summary>
internal static class Hostile
{
    internal delegate bool Parser(ReadOnlySpan<byte> text);

    /// <summary>Truncated at every byte: never throws, and fails unless <paramref name="mayParse"/> allows it.</summary>
    internal static void TruncatedAtEveryByte(string text, Parser parser, Func<string, bool>? mayParse = null)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        for (int length = 0; length < bytes.Length; length++)
        {
            bool parsed = parser(bytes.AsSpan(0, length));
            string cut = text[..length];
            Assert.False(parsed && !(mayParse?.Invoke(cut) ?? false), $"parsed although truncated: {cut}");
        }
    }

    /// <summary>Random bytes, and the sample with random changes: any result, but no exception.</summary>
    internal static void NeverThrows(string sample, Parser parser)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(sample);
        Gen.Byte.Array[0, 300].Sample(random => { _ = parser(random); }, iter: 2000);
        Gen.Select(Gen.Int[0, Math.Max(0, bytes.Length - 1)], Gen.Byte).Array[1, 8].Sample(
            changes =>
            {
                byte[] changed = [.. bytes];
                foreach ((int position, byte value) in changes)
                {
                    if (changed.Length > 0)
                    {
                        changed[position] = value;
                    }
                }

                _ = parser(changed);
            },
            iter: 2000);
    }
}
