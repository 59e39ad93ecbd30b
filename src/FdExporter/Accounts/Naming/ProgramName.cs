using FdExporter.Model;

namespace FdExporter.Accounts.Naming;

/// <summary>
/// The name that an engineer uses for a process: its command name, but for an interpreter the program that it runs.
/// <c>java</c> gives product, class or jar, <c>python3 node ruby php perl</c> the script, <c>dotnet</c> the dll.
/// </summary>
internal static class ProgramName
{
    /// <summary>The kernel keeps 15 bytes of a command name.</summary>
    private const int CommLength = 15;

    /// <summary>A process may have an empty name, which Prometheus treats as a missing label.</summary>
    private const string Unnamed = "[unnamed]";

    internal static string Of(ProcessDescription process)
    {
        string name = process.Arguments is [{ Length: > 0 }, ..] && FromArguments(process) is { } taken && ProgramLabel.IsName(taken) ? Printable.NameOf(taken) : process.Comm;
        return name.Length == 0 ? Unnamed : Truncate(name);
    }

    /// <summary>Whether the kernel's name matches a process started from a file of this name.</summary>
    internal static bool IsNameOf(string comm, string file) => comm == file || (comm.Length == CommLength && file.StartsWith(comm, StringComparison.Ordinal));

    /// <summary>The name of a native program. Dovecot's have short names: <c>dovecot/auth</c> and <c>dovecot/log</c> in ps.</summary>
    internal static string? OfFile(string path, ProcessDescription process)
    {
        string file = ProgramPath.BaseName(path);
        return path.StartsWith("dovecot/", StringComparison.Ordinal) ? path
            : !VagueName.IsProgram(ProgramPath.StemOf(file)) ? file
            : path.Contains('/', StringComparison.Ordinal) ? ProgramPath.NameOf(path, process)
            : ProgramPath.InUnit(file, process);
    }

    private static string? FromArguments(ProcessDescription process)
    {
        if (ProgramTitle.Of(process) is { } title)
        {
            return ProgramTitle.NameOf(title, process);
        }

        string first = process.Arguments[0];
        string file = ProgramPath.BaseName(first);
        if (ErlangProgram.IsMachine(file))
        {
            return ErlangProgram.NameOf(process);
        }

        if (Interpreters.Find(file) is { } interpreter && IsNameOfInterpreter(process.Comm, file))
        {
            return interpreter.ProgramOf(process.Arguments, process) is { } program && ProgramLabel.IsName(program) ? program
                : VagueName.IsComm(process.Comm) ? file
                : null;
        }

        if (IsNameOf(process.Comm, file))
        {
            return OfFile(first, process);
        }

        // A title set by the process is preferred, unless it is too vague.
        return ScriptOf(process) is { } script ? ProgramPath.NameOf(script, process)
            : VagueName.IsComm(process.Comm) ? file
            : null;
    }

    /// <summary>
    /// The script of a <c>#!</c> line, for any interpreter: the kernel names the process after it and passes its path after
    /// the interpreter and at most one option.
    /// </summary>
    private static string? ScriptOf(ProcessDescription process)
        => process.Arguments.Skip(1).Take(2).FirstOrDefault(argument => argument.Contains('/', StringComparison.Ordinal) && IsNameOf(process.Comm, ProgramPath.BaseName(argument)));

    private static bool IsNameOfInterpreter(string comm, string file) => IsNameOf(comm, file) || VagueName.IsComm(comm) || Interpreters.Find(comm) is not null;

    /// <summary>Shortens a name to the kernel's length, as names from captured files may be longer; never splits a character.</summary>
    private static string Truncate(string name)
        => name.Length <= ProgramLabel.MaxLength ? name
            : name[..(char.IsHighSurrogate(name[ProgramLabel.MaxLength - 1]) ? ProgramLabel.MaxLength - 1 : ProgramLabel.MaxLength)];
}
