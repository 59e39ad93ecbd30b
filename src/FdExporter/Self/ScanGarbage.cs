namespace FdExporter.Self;

/// <summary>Returns garbage to the kernel after a scan that allocated much: the first of a large machine, or of one that has grown.</summary>
internal sealed class ScanGarbage(TimeProvider time)
{
    /// <summary>Unit: bytes.</summary>
    private const long LargeAllocation = 4 << 20;

    /// <summary>It takes about ten milliseconds, too much for each scan of a machine where many processes start.</summary>
    private static readonly TimeSpan s_collectInterval = TimeSpan.FromMinutes(1);

    private long? _lastCollect;

    /// <param name="allocatedBefore">Bytes that were allocated in total before the scan.</param>
    internal void ReturnSince(long allocatedBefore)
    {
        if (GC.GetTotalAllocatedBytes() - allocatedBefore > LargeAllocation && (_lastCollect is not { } last || time.GetElapsedTime(last) > s_collectInterval))
        {
            _lastCollect = time.GetTimestamp();
            ExporterMemory.CollectGarbage();
        }
    }
}
