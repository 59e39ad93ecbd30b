using FdExporter.Model;

namespace FdExporter.Accounts.Naming;

/// <summary>A title that a program wrote over its arguments, such as <c>puma: cluster worker 0: 11342 [shop]</c>.</summary>
internal static class ProgramTitle
{
    /// <summary>The title; null if the arguments are unchanged.</summary>
    internal static string? Of(ProcessDescription process)
    {
        // The remaining space of the arguments after a title is filled with zeros or blanks.
        string title = process.Arguments[0].TrimEnd(' ');
        return (title.Contains(' ', StringComparison.Ordinal) || Interpreters.Find(process.Comm) is not null)
            && process.Arguments.Skip(1).All(static argument => argument.Length == 0)
            && !(title.StartsWith('/') && ProgramName.IsNameOf(process.Comm, ProgramPath.BaseName(title)))
            && Interpreters.Find(ProgramPath.BaseName(title)) is null
            ? title
            : null;
    }

    /// <summary>The first word, if the kernel's name is an interpreter's or a prefix of the title; else null.</summary>
    internal static string? NameOf(string title, ProcessDescription process)
    {
        string[] words = title.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (ProgramName.IsNameOf(process.Comm, ProgramPath.BaseName(words[0])))
        {
            return ProgramName.OfFile(words[0], process);
        }

        bool isInterpreted = Interpreters.Find(process.Comm) is not null || VagueName.IsComm(process.Comm);
        if (!isInterpreted && !(process.Comm.Length > 0 && title.StartsWith(process.Comm, StringComparison.Ordinal)))
        {
            return null;
        }

        string first = ProgramPath.BaseName(words[0]).Trim('[', ']', '(', ')', ':', ',');
        return Interpreters.Find(first)?.ProgramOf(words, process) ?? (VagueName.IsProgram(first) ? ProgramPath.InPlace(first, process) : VagueName.WithoutVersion(first));
    }
}
