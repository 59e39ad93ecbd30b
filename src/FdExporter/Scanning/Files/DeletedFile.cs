namespace FdExporter.Scanning.Files;

/// <summary>What is known of the file behind a descriptor of type deleted file.</summary>
internal struct DeletedFile
{
    /// <summary>False before the first answer of the kernel.</summary>
    internal bool IsKnown;

    /// <summary>Whether it has no name any more, so that closing it frees its space.</summary>
    internal bool HasNoName;
    internal ulong Device;
    internal ulong Inode;
    internal long Bytes;
    internal ulong? Mount;

    /// <summary>When the file was first seen without a name; the time provider's timestamp.</summary>
    internal long Since;
}
