using FdExporter.Linux.Native;

namespace FdExporter.Self;

/// <summary>Memory of the exporter. What the C library keeps of it is limited in <c>deploy/glibc-stubs</c>.</summary>
internal static class ExporterMemory
{
    /// <summary>Collects garbage and returns its memory to the kernel, after rare operations that allocate much.</summary>
    internal static void CollectGarbage() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>
    /// Releases pages used only at startup: most of the program's file was touched once and stays resident. Call it after
    /// startup.
    /// </summary>
    internal static void ReleaseStartupPages() => ProgramImage.ReleaseTouchedPages();
}
