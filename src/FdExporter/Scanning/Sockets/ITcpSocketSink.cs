using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;
using FdExporter.Scanning.Connections;

namespace FdExporter.Scanning.Sockets;

/// <summary>Receives the sockets of a namespace: the table of a scan, or the search for those of one process.</summary>
internal interface ITcpSocketSink
{
    /// <summary>Created once, as a delegate per dump would be garbage on each scan.</summary>
    TcpSocketVisitor Visit { get; }

    /// <summary>Receives the full information on a requested socket. Created once too.</summary>
    TcpSocketVisitor Answer { get; }

    /// <summary>The sockets whose full information is requested, according to the visits; null if they are visited with it.</summary>
    CloseWaitRecords? Records { get; }

    /// <summary>Receives the listeners again, with their drops; null if these are not needed.</summary>
    TcpSocketVisitor? AnswerListener { get; }

    /// <summary>Whether the next reading visits the connections with their full information; then their idle times are known.</summary>
    bool TakeIdleTurn();

    /// <summary>The sockets of the next namespace follow.</summary>
    /// <param name="id">Equal for the same namespace in each scan; different for all others.</param>
    /// <param name="process">A process or thread that lives in it.</param>
    void BeginNamespace(ulong id, ProcFolder process);

    /// <summary>Number of rows in the kernel's table that are not visited because they are parts of visited ones: subflows of MPTCP.</summary>
    void NoteHidden(int subflows);

    /// <summary>Discards the visits of this namespace: the reading begins, or restarts after an interruption.</summary>
    void Restart();
}
