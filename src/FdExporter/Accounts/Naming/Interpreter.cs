using System.Collections.Frozen;
using FdExporter.Model;

namespace FdExporter.Accounts.Naming;

/// <summary>How one language's interpreter is told which program to run, and what that program is called.</summary>
/// <param name="name">Its executable without the version: <c>python</c> for <c>python3.11</c>.</param>
internal sealed class Interpreter(string name)
{
    internal string Name { get; } = name;

    /// <summary>Further names of it.</summary>
    internal string[] Aliases { get; init; } = [];

    internal required OptionTable Options { get; init; }

    /// <summary>Words that may stand in front of the program: <c>deno run</c>.</summary>
    internal FrozenSet<string> Commands { get; init; } = [];

    /// <summary>Suffixes of scripts; where the interpreter has other commands too, only such a word is a script.</summary>
    internal string[] Suffixes { get; init; } = [];

    internal bool HasOtherCommands { get; init; }

    /// <summary>The name of what it runs; null where that is none.</summary>
    internal Func<ProgramArgument, ProcessDescription, string?> Shorten { get; init; } = static (program, process) => ProgramPath.NameOf(program.Text, process);

    /// <summary>The name of a process that was given its program as code; it must not be taken from that code.</summary>
    internal Func<string, ProcessDescription, string?> ShortenCode { get; init; } = static (_, _) => null;

    /// <summary>The name of the program among the arguments, the first of which is the interpreter; null where none can be told.</summary>
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

    // python3.11 is python, phpize is nothing.
    private static bool Is(string executable, string name)
        => executable.StartsWith(name, StringComparison.Ordinal) && executable.AsSpan(name.Length).Trim("0123456789.").IsEmpty;

    private bool LooksLikeScript(string text)
        => Suffixes.Any(suffix => text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            || (text.Contains('/', StringComparison.Ordinal) && !ProgramPath.BaseName(text).Contains('.', StringComparison.Ordinal));
}
