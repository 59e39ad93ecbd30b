using FdExporter.Linux.Procfs;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// Counters of a network namespace's TCP sockets from three small files. While they are unchanged, no socket was opened or closed, and none
/// has received, sent or been acknowledged anything: each of these is a segment or changes the number of sockets.
/// </summary>
/// <param name="InUse">Sockets that listen or are connected.</param>
/// <param name="TimeWait">Sockets in TIME_WAIT.</param>
/// <param name="Traffic">Not read if there are no sockets.</param>
internal readonly record struct NamespaceCounters(ulong InUse, ulong TimeWait, SnmpTcp Traffic)
{
    internal bool IsEmpty => InUse == 0 && TimeWait == 0;

    /// <summary>Null if one of the files cannot be read.</summary>
    /// <param name="folder">Of a process or thread that lives in it.</param>
    internal static NamespaceCounters? TryRead(ProcFs procFs, ProcFolder folder, Span<byte> buffer)
    {
        if (SockStat.TryReadOf(procFs, folder, buffer, out SockStat ipv4) != ReadStatus.Ok
            || SockStat6.TryReadOf(procFs, folder, buffer, out ulong ipv6) is not (ReadStatus.Ok or ReadStatus.Gone))
        {
            return null;
        }

        NamespaceCounters counters = new(ipv4.InUse + ipv6, ipv4.TimeWait, default);
        return counters.IsEmpty ? counters
            : SnmpTcp.TryReadOf(procFs, folder, buffer, out SnmpTcp traffic) == ReadStatus.Ok ? counters with { Traffic = traffic }
            : null;
    }
}
