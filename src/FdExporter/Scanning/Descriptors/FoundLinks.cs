using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Descriptors;

/// <summary>Result of a walk of one process's descriptors.</summary>
/// <param name="Next">The next descriptor if time ran out; the default if the walk is complete.</param>
/// <param name="Count">Number of descriptors read.</param>
/// <param name="Map">The same by number; null if there are several tables, or the walk continued an earlier one.</param>
/// <param name="Sockets">Inodes and positions of the sockets among them, in order.</param>
/// <param name="Rings">The numbers of those that are an io_uring, in order.</param>
/// <param name="Noted">The deleted files and inotify instances among them, in order.</param>
internal sealed record FoundLinks(
    ReadStatus Status, FdPosition Next, int Count, FdTypeCounts Types, FdMap? Map, (uint Inode, FdPosition At)[] Sockets, int[] Rings, NotedFd[] Noted);
