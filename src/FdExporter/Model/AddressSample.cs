namespace FdExporter.Model;

/// <summary>The connections of one process to one address. One process may have several samples of the same address.</summary>
/// <param name="Process">Index of the process in the snapshot; -1 if unknown.</param>
/// <param name="Address">The peer's if outbound, the local port if inbound; null for all addresses with few connections.</param>
internal readonly record struct AddressSample(int Process, ConnectionDirection Direction, ConnectionAddress? Address)
{
    internal TcpStateCounts States { get; init; }

    internal UnansweredCounts Unanswered { get; init; }

    /// <summary>As of the last reading that asked for it, a few minutes ago; null if it is not known, as in the text tables.</summary>
    internal IdleCounts? Idle { get; init; }
}
