using FdExporter.Model;

namespace FdExporter.Diagnosis.History;

/// <summary>The number that is recorded.</summary>
internal readonly record struct HistoryKey
{
    /// <summary>Numbers that one scan shows together or not at all.</summary>
    internal enum Kind
    {
        SystemHandles,
        GroupFds,
        LargestOfType,
        GroupProcesses,
        ProcessFds,
        CloseWait,
        CloseWaitOf,
        LostSockets,
        IdleConnections,
        LargestOfProtocol,
        UnixPeerClosed,
        Handles,
        Connections,
    }

    internal Kind Of { get; private init; }

    private string Name { get; init; }

    private string Endpoint { get; init; }

    private int Detail { get; init; }

    private HandleKind Held { get; init; }

    private ProcessId Id { get; init; }

    /// <summary>File handles of the machine.</summary>
    internal static HistoryKey SystemHandles => new() { Of = Kind.SystemHandles, Name = "", Endpoint = "" };

    /// <summary>Open descriptors of a group.</summary>
    internal static HistoryKey GroupFds(string group) => new() { Of = Kind.GroupFds, Name = group, Endpoint = "" };

    /// <summary>
    /// Descriptors of one type, of the process of a program that holds most of them, so the number does not grow with the processes. For
    /// sockets those that are not TCP.
    /// </summary>
    internal static HistoryKey LargestOfType(string program, FdType type)
        => new() { Of = Kind.LargestOfType, Name = program, Endpoint = "", Detail = (int)type };

    /// <summary>Processes of a program.</summary>
    internal static HistoryKey GroupProcesses(string program) => new() { Of = Kind.GroupProcesses, Name = program, Endpoint = "" };

    /// <summary>Open descriptors of a process.</summary>
    internal static HistoryKey ProcessFds(ProcessId id) => new() { Of = Kind.ProcessFds, Name = "", Endpoint = "", Id = id };

    /// <summary>
    /// Sockets in CLOSE_WAIT that a program has accepted or opened itself and no longer answers, for all addresses and causes together: a
    /// leak with two causes is one leak.
    /// </summary>
    internal static HistoryKey CloseWaitOf(string program, ConnectionDirection direction)
        => new() { Of = Kind.CloseWaitOf, Name = program, Endpoint = "", Detail = (int)direction };

    /// <summary>Likewise in both directions, and the dead sockets that they become when they are reset.</summary>
    internal static HistoryKey LostSockets(string program) => new() { Of = Kind.LostSockets, Name = program, Endpoint = "" };

    /// <summary>Connections of a program to an address over which nothing has come for an hour.</summary>
    internal static HistoryKey IdleConnections(string program, ConnectionDirection direction, ConnectionAddress address)
        => new() { Of = Kind.IdleConnections, Name = program, Endpoint = address.ToString(), Detail = (int)direction };

    /// <summary>Sockets of one protocol besides TCP, of the process of a program that holds most of them, as for types.</summary>
    internal static HistoryKey LargestOfProtocol(string program, SocketProtocol protocol)
        => new() { Of = Kind.LargestOfProtocol, Name = program, Endpoint = "", Detail = (int)protocol };

    /// <summary>Unix sockets of a program that the peer has closed.</summary>
    internal static HistoryKey UnixPeerClosed(string program) => new() { Of = Kind.UnixPeerClosed, Name = program, Endpoint = "" };

    /// <summary>Handles of one kind of all processes of a program.</summary>
    internal static HistoryKey Handles(string program, HandleKind kind) => new() { Of = Kind.Handles, Name = program, Endpoint = "", Held = kind };

    /// <summary>Connections of a group to one of the addresses that are shown.</summary>
    internal static HistoryKey Connections(string group, ConnectionDirection direction, string address)
        => new() { Of = Kind.Connections, Name = group, Endpoint = address, Detail = (int)direction };

    /// <summary>Sockets in CLOSE_WAIT of a group to an endpoint, with one cause.</summary>
    internal static HistoryKey CloseWait(string group, ConnectionDirection direction, string endpoint, CloseWaitCause cause)
        => new() { Of = Kind.CloseWait, Name = group, Endpoint = endpoint, Detail = ((int)direction * 8) + (int)cause };
}
