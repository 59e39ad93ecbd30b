using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Descriptors;

/// <summary>What a walk of one process's descriptors found.</summary>
/// <param name="Next">The descriptor that a walk goes on with which time did not suffice for; the default when it came to its end.</param>
/// <param name="Count">How many descriptors were looked at.</param>
/// <param name="Map">The same by number; null where there are several tables, or a walk went on.</param>
/// <param name="Sockets">Inodes of the sockets among them and where they are, in their order.</param>
/// <param name="Rings">The numbers of those that are an io_uring, likewise.</param>
internal sealed record FoundLinks(ReadStatus Status, FdPosition Next, int Count, FdTypeCounts Types, FdMap? Map, (uint Inode, FdPosition At)[] Sockets, int[] Rings);
