namespace FdExporter.Scanning.Files;

/// <summary>A mount that deleted files are on.</summary>
/// <param name="path">As the process sees it, escaped; null if no visible mount has the id: shared memory, buffers of the kernel.</param>
/// <param name="isOnDisk">Whether the size of its file system means something, and asking for it is safe.</param>
/// <param name="askedAt">The time provider's timestamp.</param>
internal sealed class MountPoint(string? path, bool isOnDisk, long askedAt)
{
    internal string? Path => path;

    internal bool IsOnDisk => isOnDisk;

    internal long AskedAt => askedAt;

    /// <summary>Size of the file system. Unit: bytes. Null if unknown.</summary>
    internal long? Size { get; set; }

    internal uint LastScan { get; set; }
}
