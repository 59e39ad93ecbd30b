using FdExporter.Model;
using FdExporter.Scanning.Connections;

namespace FdExporter.Scanning.Sockets;

/// <summary>The sockets of one network namespace as a scan read them, kept for the tables of later scans.</summary>
internal sealed class NamespaceSockets
{
    /// <summary>What a socket in CLOSE_WAIT takes beside its row, in rows.</summary>
    private const int RowsOfCloseWait = 6;

    internal required TcpSocketTable.Row[] Rows { get; init; }

    internal required CloseWaitRow[] CloseWait { get; init; }

    internal required ListenerRow[] Listeners { get; init; }

    internal required TcpStateCounts Counts { get; init; }

    internal required TcpStateCounts WithoutInode { get; init; }

    internal required int HiddenSubflows { get; init; }

    /// <summary>The scan that read it, as the table counts them.</summary>
    internal required uint Scan { get; init; }

    /// <summary>
    /// Whether nothing can become of them that shows in no counter. Not so where a program may take a connection from its
    /// listener's queue, data out of a socket, or its hands off one that is closing.
    /// </summary>
    internal bool AreSettled
        => Counts[TcpState.Established] + Counts[TcpState.Listen] + Counts[TcpState.TimeWait] == Counts.Total
            && WithoutInode[TcpState.TimeWait] == WithoutInode.Total;

    /// <summary>What it takes to keep so many. Unit: rows.</summary>
    internal static int CostOf(int rows, int closeWait, int listeners) => rows + (RowsOfCloseWait * closeWait) + (2 * listeners);
}
