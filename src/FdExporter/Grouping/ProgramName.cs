using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>
/// The name that an engineer would call a process by: its command name, but for an interpreter the program that it
/// runs. <c>java</c> gives the main class or jar, <c>python3 node ruby php perl</c> the script, <c>dotnet</c> the dll.
/// </summary>
internal static class ProgramName
{
    /// <summary>The kernel keeps 15 bytes of a command name.</summary>
    private const int CommLength = 15;

    private const int MaxLength = 120;

    /// <summary>A process may take the empty name, which is no label to Prometheus.</summary>
    private const string Unnamed = "[unnamed]";

    internal static string Of(ProcessDescription process)
    {
        string name = InterpretedProgram(process) ?? process.Comm;
        return name.Length == 0 ? Unnamed : GroupName.Cut(name, MaxLength);
    }

    private static string? InterpretedProgram(ProcessDescription process)
    {
        if (process.Arguments.Count < 2)
        {
            return null;
        }

        string interpreter = BaseName(process.Arguments[0]);
        Interpreter? language = Interpreter.Find(interpreter);
        if (language is null || !IsNameOf(process.Comm, interpreter))
        {
            return null;
        }

        return language.ProgramOf(process.Arguments) is { Length: > 0 } program ? program : null;
    }

    // A process that gave itself a name wants to be called by it. Node's main thread calls itself MainThread.
    private static bool IsNameOf(string comm, string interpreter)
        => comm == (interpreter.Length <= CommLength ? interpreter : interpreter[..CommLength])
            || comm is "MainThread" or "node-MainThread"
            || Interpreter.Find(comm) is not null;

    internal static string BaseName(string path) => path[(path.LastIndexOf('/') + 1)..];
}
