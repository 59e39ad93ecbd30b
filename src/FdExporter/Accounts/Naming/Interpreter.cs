using System.Collections.Frozen;
using FdExporter.Model;

namespace FdExporter.Accounts.Naming;

/// <summary>How one language's interpreter receives its program, and how that program is named.</summary>
/// <param name="name">Its executable without the version: <c>python</c> for <c>python3.11</c>.</param>
internal sealed class Interpreter(string name)
{
    internal string Name { get; } = name;

    /// <summary>Alternative names of the executable.</summary>
    internal string[] Aliases { get; init; } = [];

    internal required OptionTable Options { get; init; }

    /// <summary>Words that may precede the program: <c>deno run</c>.</summary>
    internal FrozenSet<string> Commands { get; init; } = [];

    /// <summary>Suffixes of scripts; required if the interpreter has other commands too.</summary>
    internal string[] Suffixes { get; init; } = [];

    internal bool HasOtherCommands { get; init; }

    /// <summary>The name of the program; null if it is not one.</summary>
    internal Func<ProgramArgument, ProcessDescription, string?> Shorten { get; init; } = static (program, process) => ProgramPath.NameOf(program.Text, process);

    /// <summary>The name of a process whose program was given as code; it must not be taken from that code.</summary>
    internal Func<string, ProcessDescription, string?> ShortenCode { get; init; } = static (_, _) => null;

    /// <summary>The name of the program in the arguments, the first being the interpreter; null if unknown.</summary>
    internal string? ProgramOf(IReadOnlyList<string> arguments, ProcessDescription process)
        => Options.Find(arguments, Commands) switch
        {
            null => null,
            { IsCode: true } code => ShortenCode(code.Text, process),
            { Option: "" } program when (program.IsDoubtful || HasOtherCommands) && !LooksLikeScript(program.Text) => null,
            { } program => Shorten(program, process),
        };

    internal bool IsCalled(string executable)
        => Is(executable, Name) || Aliases.Any(alias => Is(executable, alias));

    // python3.11 is python, phpize is no interpreter.
    private static bool Is(string executable, string name)
        => executable.StartsWith(name, StringComparison.Ordinal) && executable.AsSpan(name.Length).Trim("0123456789.").IsEmpty;

    private bool LooksLikeScript(string text)
        => Suffixes.Any(suffix => text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            || (text.Contains('/', StringComparison.Ordinal) && !ProgramPath.BaseName(text).Contains('.', StringComparison.Ordinal));
}
