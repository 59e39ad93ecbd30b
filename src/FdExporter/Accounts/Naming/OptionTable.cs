using System.Collections.Frozen;

namespace FdExporter.Accounts.Naming;

/// <summary>
/// The options of one interpreter, as its own manual has them: which of them take the next argument, and which bring code.
/// A wrong guess would publish source text or a password as the name of a program.
/// </summary>
internal sealed class OptionTable
{
    private readonly Dictionary<char, OptionKind> _letters = [];
    private readonly FrozenDictionary<string, OptionKind> _words;

    /// <param name="flags">Letters that stand alone, and can be written in one word: <c>-uB</c>.</param>
    /// <param name="values">Letters with a value.</param>
    /// <param name="attached">Letters whose value, if any, is in the same word.</param>
    /// <param name="digits">Letters that digits may follow.</param>
    /// <param name="code">Letters that bring code.</param>
    /// <param name="program">Letters whose value is the program.</param>
    /// <param name="words">Options that are whole words, by what they do.</param>
    internal OptionTable(
        string flags = "",
        string values = "",
        string attached = "",
        string digits = "",
        string code = "",
        string program = "",
        params IEnumerable<(OptionKind Kind, string[] Words)> words)
    {
        Add(flags, OptionKind.Flag);
        Add(values, OptionKind.Value);
        Add(attached, OptionKind.Attached);
        Add(digits, OptionKind.Digits);
        Add(code, OptionKind.Code);
        Add(program, OptionKind.Program);
        _words = words.SelectMany(static group => group.Words, static (group, word) => KeyValuePair.Create(word, group.Kind)).ToFrozenDictionary();
    }

    internal UnknownOption Unknown { get; init; }

    /// <summary>Whether what stands behind <c>--</c> is the program. PHP takes its program from standard input then.</summary>
    internal bool HasProgramBehindDashes { get; init; } = true;

    /// <summary>Each option that brings code, as it is written.</summary>
    internal IEnumerable<string> CodeOptions => OptionsThat(OptionKind.Code);

    /// <summary>Each option with a value that is no program.</summary>
    internal IEnumerable<string> ValueOptions => OptionsThat(OptionKind.Value);

    /// <summary>Letters that stand alone, for clusters.</summary>
    internal IEnumerable<char> FlagLetters => _letters.Where(static each => each.Value == OptionKind.Flag).Select(static each => each.Key);

    /// <param name="arguments">The first is the interpreter.</param>
    /// <param name="commands">Words that may stand in front of the program, and are none.</param>
    /// <returns>Null where no program is named: it comes from standard input, or it cannot be told.</returns>
    internal ProgramArgument? Find(IReadOnlyList<string> arguments, FrozenSet<string> commands)
    {
        bool isDoubtful = false;
        for (int i = 1; i < arguments.Count; i++)
        {
            string word = arguments[i];
            string next = i + 1 < arguments.Count ? arguments[i + 1] : "";
            if (word is "" or "-")
            {
                return null;
            }

            if (word == "--")
            {
                return HasProgramBehindDashes && next is not ("" or "-") ? new ProgramArgument(next, IsDoubtful: isDoubtful) : null;
            }

            if (word[0] != '-')
            {
                if (commands.Contains(word))
                {
                    continue;
                }

                return new ProgramArgument(word, IsDoubtful: isDoubtful);
            }

            (OptionKind kind, string option, string? value) = Read(word);
            switch (kind)
            {
                case OptionKind.Code:
                    return new ProgramArgument(value ?? next, option, IsCode: true);
                case OptionKind.Program:
                    return (value ?? next) is { Length: > 0 } program ? new ProgramArgument(program, option) : null;
                case OptionKind.Value when value is null:
                    i++;
                    break;
                case OptionKind.Unknown when Unknown == UnknownOption.HidesTheRest:
                    return null;
                case OptionKind.Unknown:
                    isDoubtful |= Unknown == UnknownOption.CastsDoubt && !word.Contains('=', StringComparison.Ordinal);
                    break;
                default:
                    break;
            }
        }

        return null;
    }

    /// <returns>What the word does with others, the option in it that does so, and the value that the word itself has.</returns>
    private (OptionKind Kind, string Option, string? Value) Read(string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? word : word[..equals];
        if (_words.TryGetValue(name, out OptionKind known))
        {
            return (known, name, equals < 0 ? null : word[(equals + 1)..]);
        }

        return word[1] == '-' || _letters.Count == 0 ? (OptionKind.Unknown, word, null) : ReadLetters(word);
    }

    private (OptionKind Kind, string Option, string? Value) ReadLetters(string word)
    {
        for (int i = 1; i < word.Length; i++)
        {
            OptionKind kind = _letters.GetValueOrDefault(word[i]);
            if (kind == OptionKind.Digits)
            {
                while (i + 1 < word.Length && char.IsAsciiDigit(word[i + 1]))
                {
                    i++;
                }
            }
            else if (kind != OptionKind.Flag)
            {
                return (kind, $"-{word[i]}", i + 1 < word.Length ? word[(i + 1)..] : null);
            }
        }

        return (OptionKind.Flag, word, null);
    }

    private void Add(string letters, OptionKind kind)
    {
        foreach (char letter in letters)
        {
            _letters.Add(letter, kind);
        }
    }

    private IEnumerable<string> OptionsThat(OptionKind kind)
        => _letters.Where(each => each.Value == kind).Select(static each => $"-{each.Key}")
            .Concat(_words.Where(each => each.Value == kind).Select(static each => each.Key));
}
