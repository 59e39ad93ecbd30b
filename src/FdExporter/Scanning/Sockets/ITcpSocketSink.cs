using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;
using FdExporter.Scanning.Connections;

namespace FdExporter.Scanning.Sockets;

/// <summary>What takes the sockets of a namespace: the table of a scan, or the search for those of one process.</summary>
internal interface ITcpSocketSink
{
    /// <summary>Made once: a delegate for each dump would be garbage on each scan.</summary>
    TcpSocketVisitor Visit { get; }

    /// <summary>Learns all that the kernel tells of a socket that is wanted. Made once, likewise.</summary>
    TcpSocketVisitor Answer { get; }

    /// <summary>Of which sockets all that the kernel tells is wanted, by what was visited; null for those that are visited with it.</summary>
    CloseWaitLooks? Looks { get; }

    /// <summary>The sockets of another namespace follow.</summary>
    /// <param name="id">Equal for the same namespace in each scan, and for no other.</param>
    /// <param name="process">A process that lives in it, or a thread.</param>
    void BeginNamespace(ulong id, ProcFolder process);

    /// <summary>So many rows of the kernel's table more than were visited are parts of those that were: subflows of MPTCP.</summary>
    void NoteHidden(int subflows);

    /// <summary>What was visited of this namespace does not count; the reading begins, or begins anew after it was interrupted.</summary>
    void Restart();
}
