namespace FdExporter.Scanning.Reading;

/// <summary>The file of a process on which reading hangs.</summary>
internal enum HungAt
{
    /// <summary>
    /// Its command line, which is in its own memory: a read blocks while the process is stuck in a change of its memory map,
    /// such as on a dead disk. Other files are readable.
    /// </summary>
    Arguments,

    /// <summary>Another file.</summary>
    Anything,
}
