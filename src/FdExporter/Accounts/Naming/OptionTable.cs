using System.Collections.Frozen;

namespace FdExporter.Accounts.Naming;

/// <summary>
/// The options of one interpreter, from its manual: which take the next argument, and which bring code. A wrong guess would
/// publish source code or a password as a program's name.
/// </summary>
internal sealed class OptionTable
{
    private readonly Dictionary<char, OptionKind> _letters = [];
    private readonly FrozenDictionary<string, OptionKind> _words;

    /// <param name="flags">Letters without a value, which can be combined: <c>-uB</c>.</param>
    /// <param name="values">Letters with a value.</param>
    /// <param name="attached">Letters with an optional value in the same word.</param>
    /// <param name="digits">Letters that digits may follow.</param>
    /// <param name="code">Letters that bring code.</param>
    /// <param name="program">Letters whose value is the program.</param>
    /// <param name="words">Options that are whole words, with their kinds.</param>
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

    /// <summary>Whether the word after <c>--</c> is the program. PHP then reads its program from standard input.</summary>
    internal bool HasProgramBehindDashes { get; init; } = true;

    /// <summary>Each option that brings code, as written on the command line.</summary>
    internal IEnumerable<string> CodeOptions => OptionsOfKind(OptionKind.Code);

    /// <summary>Each option whose value is not a program.</summary>
    internal IEnumerable<string> ValueOptions => OptionsOfKind(OptionKind.Value);

    /// <summary>Letters without a value, for combined flags.</summary>
    internal IEnumerable<char> FlagLetters => _letters.Where(static each => each.Value == OptionKind.Flag).Select(static each => each.Key);

    /// <param name="arguments">The first is the interpreter.</param>
    /// <param name="commands">Words that may precede the program and are not programs.</param>
    /// <returns>Null if no program is named: it comes from standard input or is unknown.</returns>
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

    /// <returns>The effect of the word, the option in it that causes it, and the value inside the word.</returns>
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

    private IEnumerable<string> OptionsOfKind(OptionKind kind)
        => _letters.Where(each => each.Value == kind).Select(static each => $"-{each.Key}")
            .Concat(_words.Where(each => each.Value == kind).Select(static each => each.Key));
}
