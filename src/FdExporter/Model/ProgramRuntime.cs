namespace FdExporter.Model;

/// <summary>The runtime of a process.</summary>
/// <param name="Version">For example <c>3.11</c>; empty if unknown.</param>
internal readonly record struct ProgramRuntime(RuntimeKind Kind, string Version)
{
    /// <summary><c>Python 3.11</c></summary>
    internal string Name
    {
        get
        {
            string name = Kind switch
            {
                RuntimeKind.Go => "Go",
                RuntimeKind.Java => "Java",
                RuntimeKind.DotNet => ".NET",
                RuntimeKind.Node => "Node.js",
                RuntimeKind.Python => "Python",
                RuntimeKind.Ruby => "Ruby",
                RuntimeKind.Php => "PHP",
                RuntimeKind.Perl => "Perl",
                _ => "native",
            };
            return Version.Length == 0 ? name : $"{name} {Version}";
        }
    }
}
