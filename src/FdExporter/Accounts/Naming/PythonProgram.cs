using FdExporter.Model;

namespace FdExporter.Accounts.Naming;

/// <summary>Names of what Python runs: scripts, modules, and the workers that it starts for itself.</summary>
internal static class PythonProgram
{
    internal static string? NameOf(ProgramArgument program, ProcessDescription process)
        => program.Option.Length == 0 ? ProgramPath.NameOf(program.Text, process)
            : program.Text.StartsWith("joblib.externals.loky.", StringComparison.Ordinal) ? NameOfParent(process)
            : program.Text.Split('.').All(VagueName.IsProgram) ? ProgramPath.InPlace(program.Text, process)
            : program.Text;

    /// <summary>A process of multiprocessing's spawn and forkserver is a worker of the program that made it, so it goes by that name.</summary>
    internal static string? NameOfCode(string code, ProcessDescription process)
        => code.StartsWith("from multiprocessing.", StringComparison.Ordinal) ? NameOfParent(process) : null;

    // A process whose parent has ended is given another parent, which is no Python program as a rule.
    private static string? NameOfParent(ProcessDescription process)
        => process.Parent() is { Arguments: [string file, ..] } parent && Interpreters.Find(ProgramPath.BaseName(file)) is { Name: "python" or "pypy" }
            ? ProgramName.Of(parent)
            : null;
}
