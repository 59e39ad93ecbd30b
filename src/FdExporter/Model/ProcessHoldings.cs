
namespace FdExporter.Model;

/// <summary>
/// What the descriptors of a process are. One object for as long as nothing changes, shared by the snapshots that show it.
/// </summary>
/// <param name="Types">
/// As of the last walk of its descriptors, which is done again when their number changes, within half a minute where deleted
/// files were among them, and in turn.
/// </param>
/// <param name="Sockets">The TCP sockets that it is the owner of, as of this snapshot.</param>
/// <param name="WithoutDescriptor">Those of them that no descriptor of it leads to: registered with an io_uring, or sent to it and not received.</param>
internal sealed record ProcessHoldings(FdTypeCounts Types, TcpStateCounts Sockets, long WithoutDescriptor = 0)
{
    /// <summary>
    /// TCP sockets that it holds open though their connection is gone (state CLOSE): reset, timed out, or never made. In no table of
    /// the kernel, so not among <see cref="Sockets"/>. Null where it is not known.
    /// </summary>
    internal long? DeadSockets { get; init; }

    /// <summary>Descriptors of sockets that are not TCP, or of TCP sockets that another process owns; dead ones too where they are not known.</summary>
    internal long OtherSockets => Math.Max(0, Types[FdType.Socket] - (Sockets.Total - WithoutDescriptor) - (DeadSockets ?? 0));
}
