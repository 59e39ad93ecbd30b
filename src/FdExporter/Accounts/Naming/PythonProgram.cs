using FdExporter.Model;

namespace FdExporter.Accounts.Naming;

/// <summary>Names of Python programs: scripts, modules, and Python's own worker processes.</summary>
internal static class PythonProgram
{
    internal static string? NameOf(ProgramArgument program, ProcessDescription process)
        => program.Option.Length == 0 ? ProgramPath.NameOf(program.Text, process)
            : program.Text.StartsWith("joblib.externals.loky.", StringComparison.Ordinal) ? NameOfParent(process)
            : program.Text.Split('.').All(VagueName.IsProgram) ? ProgramPath.InPlace(program.Text, process)
            : program.Text;

    /// <summary>A process of multiprocessing's spawn or forkserver is a worker of its parent program and gets its name.</summary>
    internal static string? NameOfCode(string code, ProcessDescription process)
        => code.StartsWith("from multiprocessing.", StringComparison.Ordinal) ? NameOfParent(process) : null;

    // If the parent has ended, the new parent is usually not a Python program.
    private static string? NameOfParent(ProcessDescription process)
        => process.Parent() is { Arguments: [string file, ..] } parent && Interpreters.Find(ProgramPath.BaseName(file)) is { Name: "python" or "pypy" }
            ? ProgramName.Of(parent)
            : null;
}
