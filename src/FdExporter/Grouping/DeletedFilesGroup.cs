namespace FdExporter.Grouping;

/// <summary>The space of deleted files that one program holds open on one mount point.</summary>
/// <param name="Mountpoint">As shown: a path, or <c>other</c>.</param>
/// <param name="Ratio">Share of the file system's size; null if the size is not known, or for <c>other</c>.</param>
internal sealed record DeletedFilesGroup(string Group, string Mountpoint, long Bytes, double? Ratio)
{
    /// <summary>Whether the program or the mount point contains this text.</summary>
    internal bool Holds(string text)
        => Group.Contains(text, StringComparison.OrdinalIgnoreCase) || Mountpoint.Contains(text, StringComparison.OrdinalIgnoreCase);
}
