namespace FdExporter.Benchmarks.Soak;

/// <summary>The exporter itself after so many scrapes.</summary>
/// <param name="ResidentKib">VmRSS of <c>/proc/PID/status</c>.</param>
/// <param name="Fds">Entries of <c>/proc/PID/fd</c>.</param>
/// <param name="Namespaces">Network namespaces that the load lives in beside ours; the exporter holds a socket in each.</param>
internal readonly record struct SoakSample(int Scrapes, long ResidentKib, int Fds, int Namespaces)
{
    /// <summary>Without the sockets that it holds because there is something to hold them for.</summary>
    internal int OwnFds => Fds - Namespaces;
}
