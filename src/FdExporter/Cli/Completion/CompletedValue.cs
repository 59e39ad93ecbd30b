namespace FdExporter.Cli.Completion;

/// <summary>What a shell offers after a flag.</summary>
internal enum CompletedValue
{
    /// <summary>A switch without value.</summary>
    None,

    /// <summary>One of a few words.</summary>
    Choice,
    File,
    Folder,

    /// <summary>Not known to the shell, such as a number.</summary>
    Other,
}
