using FdExporter.Linux.Native;

namespace FdExporter.Self;

/// <summary>Unmanaged memory of the exporter.</summary>
internal static class ExporterMemory
{
    /// <summary>
    /// Makes the C library return freed memory: the state of each compressed response takes a quarter of a megabyte and would
    /// stay in the heap of each thread that ever compressed one. Call it before threads exist.
    /// </summary>
    internal static void LimitMallocArenas()
    {
        try
        {
            _ = Libc.mallopt(Libc.M_ARENA_MAX, 1);
            _ = Libc.mallopt(Libc.M_MMAP_THRESHOLD, 64 * 1024);
        }
        catch (EntryPointNotFoundException)
        {
            // C libraries other than glibc have no such heaps.
        }
    }

    /// <summary>Collects garbage and returns its memory to the kernel, after rare operations that allocate much.</summary>
    internal static void CollectGarbage() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>
    /// Releases pages used only at startup: most of the program's file was touched once and stays resident. Call it after
    /// startup.
    /// </summary>
    internal static void ReleaseStartupPages() => ProgramImage.ReleaseTouchedPages();
}
