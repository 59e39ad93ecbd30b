using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Sockets;

/// <summary>Namespaces whose sockets are not read on each scan: the last reading is used.</summary>
internal sealed partial class TcpSocketTable
{
    /// <summary>Number of this scan.</summary>
    internal uint Scan { get; private set; }

    /// <summary>The scan that read the oldest sockets here. Sockets created since may be missing.</summary>
    internal uint OldestScan { get; private set; }

    /// <summary>The result of the reading that ends, for later scans; null if it is too large to keep.</summary>
    /// <param name="most">Unit: rows, see <see cref="NamespaceSockets.CostOf"/>.</param>
    internal NamespaceSockets? TryKeep(int most)
    {
        if (NamespaceSockets.CostOf(Rows.Count - _rowsBefore, Connections.NewCloseWait.Length, Connections.NewListeners.Length) > most)
        {
            return null;
        }

        foreach (ref readonly Row row in Rows.Span[_rowsBefore..])
        {
            Addresses.Keep(row.Address);
        }

        TcpStateCounts withoutInode = default;
        for (int state = 0; state < TcpStateCounts.Length; state++)
        {
            withoutInode[state] = _withoutInode[state] - _withoutInodeBefore[state];
        }

        return new NamespaceSockets
        {
            Rows = Rows.Span[_rowsBefore..].ToArray(),
            CloseWait = Connections.NewCloseWait.ToArray(),
            Listeners = Connections.NewListeners.ToArray(),
            Counts = _counts,
            WithoutInode = withoutInode,
            HiddenSubflows = HiddenSubflows - _hiddenBefore,
            Scan = Scan,
        };
    }

    /// <summary>Adds the sockets of an earlier reading of a namespace.</summary>
    /// <param name="age">Time since that reading.</param>
    /// <param name="areUnchanged">Whether the sockets are known to be unchanged; then their recorded times have aged too.</param>
    internal void Carry(ulong id, ProcFolder process, string name, NamespaceSockets kept, TimeSpan age, bool areUnchanged)
    {
        BeginNamespace(id, process, areUnchanged ? TimeSpan.Zero : age);
        OldestScan = areUnchanged ? OldestScan : Math.Min(OldestScan, kept.Scan);
        foreach (ref readonly Row row in kept.Rows.AsSpan())
        {
            Rows.Add(areUnchanged ? row : row with { IsOld = true });
            Addresses.Carry(row.Address);
        }

        Connections.Carry(kept.CloseWait, kept.Listeners);
        _counts = kept.Counts;
        _withoutInode.Add(kept.WithoutInode);
        HiddenSubflows += kept.HiddenSubflows;
        EndNamespace(name);
    }
}
