namespace FdExporter.Model;

/// <summary>Connections of one process that differ only in age: same direction, address, state and cause.</summary>
/// <param name="Process">Index of the responsible process in the snapshot; -1 if unknown.</param>
/// <param name="Address">The peer's if outbound, the local port if inbound.</param>
/// <param name="State">Currently only connections in CLOSE_WAIT are split by address.</param>
/// <param name="Count">Unit: sockets.</param>
/// <param name="Oldest">Minimum time that the oldest has been in this state.</param>
/// <param name="Aged">Number of connections that have been in it for at least each of <see cref="CloseWaitAges.Thresholds"/>.</param>
internal readonly record struct ConnectionSample(
    int Process,
    ConnectionDirection Direction,
    ConnectionAddress Address,
    TcpState State,
    CloseWaitCause Cause,
    long Count,
    TimeSpan Oldest,
    CloseWaitAges Aged)
{
    /// <summary>
    /// Of those without a known process: how many were searched for in every process. No visible process has a descriptor of these; the
    /// others are just not found yet.
    /// </summary>
    internal long Searched { get; init; }

    /// <summary>For connections not accepted: number of processes of the program that accept on their port.</summary>
    internal int Acceptors { get; init; }

    /// <summary>
    /// The program that opened the connections and left them open in this process, which is not aware of them; null if there is none.
    /// </summary>
    internal SocketAuthor? InheritedFrom { get; init; }
}
