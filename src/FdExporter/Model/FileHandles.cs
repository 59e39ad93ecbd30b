
namespace FdExporter.Model;

/// <summary>
/// The machine's file handles. Unit: handles. Source: /proc/sys/fs/file-nr and nr_open.
/// </summary>
/// <param name="Allocated">Open file descriptions; descriptors made by dup and fork share one.</param>
/// <param name="Max">file-max; 2^63-1 on many hosts, so a share of it says nothing there.</param>
/// <param name="NrOpen">The highest RLIMIT_NOFILE any process may set; null where the kernel does not tell.</param>
internal sealed record FileHandles(ulong Allocated, ulong Max, ulong? NrOpen)
{
    /// <summary>Whether the maximum is one that could be reached.</summary>
    internal bool IsBounded => Max <= long.MaxValue / 2;
}
