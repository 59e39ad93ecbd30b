using FdExporter.Model;

namespace FdExporter.Cli;

/// <summary>One process of <c>fd-exporter top</c>. What is not known is null.</summary>
/// <param name="SoftLimit">Null also for "unlimited": then the ratio is 0.</param>
internal sealed record TopRow(
    int Pid, string Group, string Process, string User, long? OpenFds, ulong? SoftLimit, double? FdRatio, long? TcpSockets, long? CloseWait)
{
    /// <summary>The processes that hold most by this order; kernel threads and whoever holds nothing are not among them.</summary>
    internal static IReadOnlyList<TopRow> Of(ProcessTable table, SocketOwnership? ownership, TopOrder order, int count)
    {
        List<TopRow> rows = [];
        for (int i = 0; i < table.Processes.Length; i++)
        {
            ProcessSample process = table.Processes[i];
            if (!process.Facts.IsKernelThread && process.OpenFds != 0)
            {
                TcpStateCounts? sockets = ownership?.Holdings[i]?.Sockets;
                rows.Add(new TopRow(
                    process.Id.Pid,
                    process.Facts.Group,
                    process.Facts.Comm,
                    process.Facts.User,
                    process.OpenFds,
                    process.Facts.Limits?.Soft,
                    process.FdRatio,
                    sockets?.Total,
                    sockets?[TcpState.CloseWait]));
            }
        }

        return [.. rows.OrderByDescending(row => order switch
            {
                TopOrder.Ratio => row.FdRatio ?? -1,
                TopOrder.CloseWait => row.CloseWait ?? -1,
                _ => row.OpenFds ?? -1,
            })
            .ThenByDescending(static row => row.OpenFds ?? -1)
            .ThenBy(static row => row.Pid)
            .Take(count)];
    }
}
