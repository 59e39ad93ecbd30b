using System.Text;
using CsCheck;
using FdExporter.Fuzz.Targets;

namespace FdExporter.Tests.Fuzzing;

/// <summary>Random mutations of a target's realistic inputs.</summary>
internal static class Mutations
{
    private const int MostEdits = 6;

    private static readonly Gen<(int Kind, double At, double Length, int Word, byte Value)[]> s_edits
        = Gen.Select(Gen.Int[0, 6], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Int[0, int.MaxValue], Gen.Byte).Array[0, MostEdits];

    private static readonly byte[] s_special = [0, 9, 10, 32, .. "0123456789-+:/;,.=(){}[]<>\"'\\%&#*?|^$@"u8, 0x7f, 0x80, 0xc3, 0xed, 0xff];

    internal static Gen<byte[]> Of(FuzzTarget target)
        => Gen.Select(Gen.Int[-1, target.Seeds.Count - 1], Gen.Byte.Array[0, 100], s_edits).Select(
            (seed, random, edits) => edits.Aggregate(seed < 0 ? random : target.Seeds[seed], (input, edit) => Apply(target, input, edit)));

    private static byte[] Apply(FuzzTarget target, byte[] input, (int Kind, double At, double Length, int Word, byte Value) edit)
    {
        int at = (int)(edit.At * input.Length);
        int end = at + (int)(edit.Length * Math.Min(64, input.Length - at));
        byte[] word = target.Words.Count == 0 ? [edit.Value] : Encoding.UTF8.GetBytes(target.Words[edit.Word % target.Words.Count]);
        byte[] made = edit.Kind switch
        {
            0 => input[..at],
            1 => [.. input[..at], .. input[end..]],
            2 => [.. input[..end], .. input[at..end], .. input[end..]],
            3 => [.. input[..at], .. word, .. input[at..]],
            4 => [.. input[..at], s_special[edit.Word % s_special.Length], .. input[at..]],
            5 => [.. input[..at], edit.Value, .. input[Math.Min(at + 1, input.Length)..]],
            _ => [.. input[..at], .. target.Seeds[edit.Word % target.Seeds.Count], .. input[at..]],
        };
        return made.Length <= target.MaxLength ? made : made[..target.MaxLength];
    }
}
