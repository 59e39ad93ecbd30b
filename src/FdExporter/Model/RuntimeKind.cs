namespace FdExporter.Model;

/// <summary>What executes a program's code.</summary>
internal enum RuntimeKind
{
    /// <summary>The processor: C, C++, Rust and others, and .NET compiled ahead of time.</summary>
    Native,
    Go,
    Java,
    DotNet,
    Node,
    Python,
    Ruby,
    Php,
    Perl,
}
