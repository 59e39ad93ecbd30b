namespace FdExporter.Scanning.Reading;

/// <summary>What of a process the kernel does not tell.</summary>
internal enum HungAt
{
    /// <summary>
    /// Its command line, which lies in its own memory: whoever reads that waits for as long as the process itself is stuck in a
    /// change of its memory map, on a dead disk for example. Everything else can be read.
    /// </summary>
    Arguments,

    /// <summary>Some other file.</summary>
    Anything,
}
