namespace FdExporter.Model;

/// <summary>Files without a name that one process holds open on one file system. Closing them frees their space.</summary>
/// <param name="Process">Index of the process in the snapshot.</param>
/// <param name="Mountpoint">As the process sees it, escaped.</param>
/// <param name="Device">Number of the file system: the same mount point may be another one in another container.</param>
/// <param name="Bytes">Allocated space.</param>
internal readonly record struct DeletedFilesSample(int Process, string Mountpoint, ulong Device, long Files, long Bytes)
{
    /// <summary>Of those that have been seen without a name for a minute.</summary>
    internal long LastingBytes { get; init; }

    /// <summary>Size of the file system; null if it is unknown or not on a disk of this machine.</summary>
    internal long? FileSystemBytes { get; init; }
}
