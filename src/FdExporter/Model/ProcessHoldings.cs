namespace FdExporter.Model;

/// <summary>
/// What the descriptors of a process are. One object for as long as nothing changes, shared by the snapshots that show it.
/// </summary>
/// <param name="Types">As of the last walk of its descriptors, which is done again when their number changes.</param>
/// <param name="Sockets">The TCP sockets that it is the owner of, as of this snapshot.</param>
internal sealed record ProcessHoldings(FdTypeCounts Types, TcpStateCounts Sockets)
{
    /// <summary>Descriptors of sockets that are not TCP, or of TCP sockets that another process owns.</summary>
    internal long OtherSockets => Math.Max(0, Types[FdType.Socket] - Sockets.Total);
}
