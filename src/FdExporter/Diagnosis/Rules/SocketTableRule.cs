using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Wording;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Processes with many sockets that are in no table of the kernel.</summary>
internal static class SocketTableRule
{
    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        foreach (TopProcess top in input.Host.TopProcesses)
        {
            if (!input.Inspected.TryGetValue(top.Sample.Id, out InspectedKinds? kinds))
            {
                continue;
            }

            for (int i = 0; i < SocketProtocolCounts.Length; i++)
            {
                SocketProtocol protocol = (SocketProtocol)i;
                if (top.Holdings?.DeadSockets is not null && protocol is SocketProtocol.Tcp or SocketProtocol.Mptcp)
                {
                    // Reported by DeadSocketRule.
                    continue;
                }

                if (kinds.InNoTable[protocol] is var count && count >= input.Thresholds.OtherSockets)
                {
                    yield return FindingOf(top.Sample, protocol, count);
                }
            }
        }
    }

    private static Finding FindingOf(in ProcessSample process, SocketProtocol protocol, int count)
    {
        (string what, string why, string advice) = protocol switch
        {
            SocketProtocol.Tcp or SocketProtocol.Mptcp => (
                HumanText.ProtocolOf(protocol),
                "they were never connected, were reset, or belong to another namespace",
                "The developers must close a socket also when bind() or connect() failed, or the peer reset it."),
            SocketProtocol.Unknown => (
                "sockets",
                "their protocol is not known. TCP sockets that were never connected or were reset are in no table; nor are sockets of another namespace",
                "The developers must close a socket also when bind() or connect() failed, or the peer reset it."),
            SocketProtocol.Unix => (
                HumanText.ProtocolOf(protocol),
                "they belong to another namespace",
                $"List them: fd-exporter inspect {HumanText.Pid(process.Id)}."),
            _ => (
                HumanText.ProtocolOf(protocol),
                "they were never bound, or belong to another namespace",
                "The developers must close a socket also when bind() or connect() failed, or when it is not used."),
        };
        return new Finding(
            "sockets_in_no_table",
            Severity.Warning,
            $"{process.Facts.Group} ({HumanText.WhoIs(in process)}) holds {HumanText.Number(count)} {what} that are in no socket table of its network namespace: {why}. lsof shows: can't identify protocol.",
            advice)
        {
            Subject = protocol is SocketProtocol.Tcp or SocketProtocol.Unknown ? HumanText.Pid(process.Id) : $"{HumanText.Pid(process.Id)} {SocketProtocolNames.All[(int)protocol]}",
            Culprit = process.Id,
        };
    }
}
