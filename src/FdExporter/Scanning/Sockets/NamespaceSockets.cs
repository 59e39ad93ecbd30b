using FdExporter.Model;
using FdExporter.Scanning.Connections;

namespace FdExporter.Scanning.Sockets;

/// <summary>The sockets of one network namespace as read by a scan, kept for the tables of later scans.</summary>
internal sealed class NamespaceSockets
{
    /// <summary>Additional size of a socket in CLOSE_WAIT, in rows.</summary>
    private const int RowsOfCloseWait = 6;

    internal required TcpSocketTable.Row[] Rows { get; init; }

    internal required CloseWaitRow[] CloseWait { get; init; }

    internal required ListenerRow[] Listeners { get; init; }

    internal required TcpStateCounts Counts { get; init; }

    internal required TcpStateCounts WithoutInode { get; init; }

    internal required int HiddenSubflows { get; init; }

    /// <summary>The scan that read it, see <see cref="TcpSocketTable.Scan"/>.</summary>
    internal required uint Scan { get; init; }

    /// <summary>
    /// Whether every change of these sockets shows in a counter. False if a program may accept a connection, read data, or release a
    /// closing socket.
    /// </summary>
    internal bool AreSettled
        => Counts[TcpState.Established] + Counts[TcpState.Listen] + Counts[TcpState.TimeWait] == Counts.Total
            && WithoutInode[TcpState.TimeWait] == WithoutInode.Total;

    /// <summary>Memory needed for this number of sockets. Unit: rows.</summary>
    internal static int CostOf(int rows, int closeWait, int listeners) => rows + (RowsOfCloseWait * closeWait) + (2 * listeners);
}
