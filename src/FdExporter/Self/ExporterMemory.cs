using FdExporter.Linux.Native;

namespace FdExporter.Self;

/// <summary>The memory of the exporter itself that the garbage collector does not manage.</summary>
internal static class ExporterMemory
{
    /// <summary>
    /// Keeps the C library from holding what it was given back: the state of each compressed answer is a quarter of a
    /// megabyte, which would stay in the heap of each thread that ever compressed one. To be called before there are threads.
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
            // Another C library than glibc has no such heaps.
        }
    }

    /// <summary>Gives garbage back to the kernel: after something that took much and is seldom asked for.</summary>
    internal static void GiveBack() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>
    /// The start runs through most of the program once, and never again: what it has touched of the program's file is resident
    /// memory that nobody needs. To be called when it is over.
    /// </summary>
    internal static void ReleaseStartupPages() => ProgramImage.ForgetTouched();
}
