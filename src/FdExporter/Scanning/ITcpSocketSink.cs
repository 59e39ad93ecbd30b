using FdExporter.Linux.Sockets;

namespace FdExporter.Scanning;

/// <summary>What takes the sockets of a namespace: the table of a scan, or the search for those of one process.</summary>
internal interface ITcpSocketSink
{
    /// <summary>Made once: a delegate for each dump would be garbage on each scan.</summary>
    TcpSocketVisitor Visit { get; }

    /// <summary>What was visited of this namespace does not count; the reading begins, or begins anew after it was interrupted.</summary>
    void Restart();
}
