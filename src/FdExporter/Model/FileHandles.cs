
namespace FdExporter.Model;

/// <summary>
/// The machine's file handles. Unit: handles. Source: /proc/sys/fs/file-nr and nr_open.
/// </summary>
/// <param name="Allocated">Open file descriptions; descriptors made by dup and fork share one.</param>
/// <param name="Max">file-max; 2^63-1 on many hosts, where a ratio to it is meaningless.</param>
/// <param name="NrOpen">The highest RLIMIT_NOFILE a process may set; null if unknown.</param>
internal sealed record FileHandles(ulong Allocated, ulong Max, ulong? NrOpen)
{
    /// <summary>Whether the maximum can be reached.</summary>
    internal bool IsBounded => Max <= long.MaxValue / 2;
}
