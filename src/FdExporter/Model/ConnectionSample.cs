namespace FdExporter.Model;

/// <summary>Connections of one process that differ in nothing but their age: same direction, address, state and cause.</summary>
/// <param name="Process">Index of the culprit among the snapshot's processes; -1 when it is not known.</param>
/// <param name="Address">The peer's if outbound, the local port if inbound.</param>
/// <param name="State">Today only those in CLOSE_WAIT are told apart by address.</param>
/// <param name="Count">Unit: sockets.</param>
/// <param name="Oldest">For how long the oldest has been in this state, at the least.</param>
/// <param name="Aged">How many have been in it for at least each of <see cref="CloseWaitAges.Thresholds"/>.</param>
internal readonly record struct ConnectionSample(
    int Process,
    ConnectionDirection Direction,
    IpEndpoint Address,
    TcpState State,
    CloseWaitCause Cause,
    long Count,
    TimeSpan Oldest,
    CloseWaitAges Aged)
{
    /// <summary>
    /// Of those without a known process: how many were looked for in every process. No process that can be seen holds these
    /// as a descriptor; the others are only not found yet.
    /// </summary>
    internal long Searched { get; init; }

    /// <summary>Of those not accepted: how many processes of the program accept on their port.</summary>
    internal int Acceptors { get; init; }

    /// <summary>The program that opened them and left them to this process, which knows nothing of them; null where there is none.</summary>
    internal SocketAuthor? InheritedFrom { get; init; }
}
