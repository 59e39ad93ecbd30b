namespace FdExporter.Benchmarks.Soak;

/// <summary>The exporter's own memory and descriptors after a number of scrapes.</summary>
/// <param name="ResidentKib">VmRSS of <c>/proc/PID/status</c>.</param>
/// <param name="Fds">Entries of <c>/proc/PID/fd</c>.</param>
/// <param name="Namespaces">Network namespaces of the load besides ours; the exporter holds a socket in each.</param>
internal readonly record struct SoakSample(int Scrapes, long ResidentKib, int Fds, int Namespaces)
{
    /// <summary>Without the one socket per namespace of the load.</summary>
    internal int OwnFds => Fds - Namespaces;
}
