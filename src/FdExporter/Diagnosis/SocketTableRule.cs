using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>Processes with many sockets that stand in no table of the kernel: nothing shows what they are for.</summary>
internal static class SocketTableRule
{
    internal static IEnumerable<Finding> Find(Case @case)
    {
        foreach (TopProcess top in @case.Host.TopProcesses)
        {
            ProcessSample process = top.Sample;
            if (@case.Sockets.TryGetValue(process.Id, out SocketProtocolCounts sockets) && sockets[SocketProtocol.None] >= @case.Thresholds.OtherSockets)
            {
                yield return new Finding(
                    "sockets_in_no_table",
                    Severity.Warning,
                    $"{Words.Number(sockets[SocketProtocol.None])} sockets of {process.Facts.Group} ({Words.WhoIs(in process)}) stand in no table of its network namespace: they were made and never connected, are left of connections that were reset, or belong to another namespace. lsof says of them: can't identify protocol.",
                    "The developers have to close a socket also when bind() or connect() failed, or the other side reset it.")
                {
                    Subject = Words.Pid(process.Id),
                    Culprit = process.Id,
                };
            }
        }
    }
}
