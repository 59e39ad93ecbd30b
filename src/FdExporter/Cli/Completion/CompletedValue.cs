namespace FdExporter.Cli.Completion;

/// <summary>What a shell may offer behind a flag.</summary>
internal enum CompletedValue
{
    /// <summary>A switch: nothing follows.</summary>
    None,

    /// <summary>One of a few words.</summary>
    Choice,
    File,
    Folder,

    /// <summary>Something that no shell can know, such as a number.</summary>
    Other,
}
