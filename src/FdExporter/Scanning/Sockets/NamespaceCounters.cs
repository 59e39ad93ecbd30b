using FdExporter.Linux.Procfs;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// What three small files tell of the TCP sockets of a network namespace. While these numbers stand, no socket was opened or
/// closed, and none has received, sent or been acknowledged anything: each of these is a segment or changes how many there are.
/// </summary>
/// <param name="InUse">Sockets that listen or are connected.</param>
/// <param name="TimeWait">Those in TIME_WAIT.</param>
/// <param name="Traffic">Not read where there are no sockets.</param>
internal readonly record struct NamespaceCounters(ulong InUse, ulong TimeWait, SnmpTcp Traffic)
{
    internal bool IsEmpty => InUse == 0 && TimeWait == 0;

    /// <summary>Null where one of the files tells nothing.</summary>
    /// <param name="folder">Of a process that lives in it, or of a thread.</param>
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
