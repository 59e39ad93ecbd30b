using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>Sockets that the other side has closed: who forgot them, towards whom, why, for how long.</summary>
internal static class CloseWaitRule
{
    internal static IEnumerable<Finding> Find(GroupedHost host, Thresholds thresholds)
    {
        foreach (CloseWaitGroup group in host.CloseWait ?? [])
        {
            for (int i = 0; i < group.Causes.Count; i++)
            {
                CloseWaitCause cause = (CloseWaitCause)i;
                long count = group.Causes[i] ?? 0;
                if (count >= (cause == CloseWaitCause.NotAccepted ? thresholds.NotAccepted : thresholds.CloseWaitAged))
                {
                    yield return FindingOf(host, group, cause, count, thresholds);
                }
            }
        }
    }

    private static Finding FindingOf(GroupedHost host, CloseWaitGroup group, CloseWaitCause cause, long count, Thresholds thresholds)
    {
        bool isUnknown = group.Group == GroupSample.Unknown;
        string filled = FilledLimit(host, group.Group, thresholds);
        string name = CloseWaitCauseNames.All[(int)cause];
        (string why, string advice) = WordsOf(cause, isUnknown ? "it" : group.Group);
        return new Finding(
            $"close_wait_{name}",
            filled.Length > 0 || cause == CloseWaitCause.NotAccepted ? Severity.Critical : Severity.Warning,
            $"{Words.Number(count)} sockets of {(isUnknown ? "a program that may not be looked into" : group.Group)} are in CLOSE_WAIT {Where(group)} closed, and "
                + $"{why} (cause {name}). The oldest has been stuck for {Words.Duration(group.Oldest)}.{filled}",
            advice);
    }

    private static string Where(CloseWaitGroup group) => group switch
    {
        { Direction: CloseWaitDirection.Inbound, Endpoint: GroupSample.Other } => "on several ports: the clients",
        { Direction: CloseWaitDirection.Inbound } => $"on port {group.Endpoint}: the clients",
        { Endpoint: GroupSample.Other } => "towards several peers: the peers",
        _ => $"towards {group.Endpoint}: the peer",
    };

    private static (string Why, string Advice) WordsOf(CloseWaitCause cause, string program) => cause switch
    {
        CloseWaitCause.NotClosed => (
            $"{program} read to the end and never called close()",
            "The developers have to close the socket on every path, after errors too. A restart frees the descriptors and "
                + "destroys the proof: first keep ls -l /proc/PID/fd and ss -tanp."),
        CloseWaitCause.NotRead => (
            $"{program} has stopped reading",
            "Its readers hang or are gone: take a dump of its threads before it is restarted."),
        _ => (
            $"{program} never accepted them",
            "It hangs, is out of threads, or is out of descriptors: look at its limit and take a dump of its threads."),
    };

    /// <summary> 5 160 of the 10 240 descriptors of pid 11342 are lost to CLOSE_WAIT.</summary>
    private static string FilledLimit(GroupedHost host, string group, Thresholds thresholds)
    {
        string sentence = "";
        double worst = 0;
        foreach ((ProcessSample process, ProcessHoldings? holdings) in host.TopProcesses)
        {
            if (process.Facts.Group == group && holdings is not null && process.Facts.Limits is { Soft: > 0 and { } soft }
                && holdings.Sockets[TcpState.CloseWait] is var held
                && (double)held / soft is var ratio && ratio >= thresholds.CloseWaitLimitRatio && ratio > worst)
            {
                worst = ratio;
                sentence = $" {Words.Number(held)} of the {Words.Number(soft)} descriptors of {Words.WhoIs(in process)} are lost to CLOSE_WAIT.";
            }
        }

        return sentence;
    }
}
