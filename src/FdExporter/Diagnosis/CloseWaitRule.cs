using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>Sockets that the other side has closed: who forgot them, towards whom, why, for how long, how fast they grow.</summary>
internal static class CloseWaitRule
{
    internal static IEnumerable<Finding> Find(Case @case)
    {
        foreach (CloseWaitGroup group in @case.Host.CloseWait ?? [])
        {
            for (int i = 0; i < group.Causes.Count; i++)
            {
                CloseWaitCause cause = (CloseWaitCause)i;
                long count = group.Causes[i] ?? 0;
                Growth? growth = @case.GrowthOf(HistoryKey.CloseWait(group.Group, group.Direction, group.Endpoint, cause));
                if (IsWorthSaying(cause, count, growth, @case.Thresholds))
                {
                    yield return FindingOf(@case, group, cause, count, growth);
                }
            }
        }
    }

    private static bool IsWorthSaying(CloseWaitCause cause, long count, Growth? growth, Thresholds thresholds)
        => cause == CloseWaitCause.NotAccepted
            ? count >= thresholds.NotAccepted
            : count >= thresholds.CloseWaitAged || (count > 0 && growth is { IsSteady: true } climb && climb.PerHour > thresholds.CloseWaitGrowthPerHour);

    private static Finding FindingOf(Case @case, CloseWaitGroup group, CloseWaitCause cause, long count, Growth? growth)
    {
        string name = CloseWaitCauseNames.All[(int)cause];
        (ProcessId? culprit, string whoIs, string limit, bool isFilled, bool isInFlight) = CulpritOf(@case, group, cause, count, growth);
        (string whose, string program) = group.Group switch
        {
            GroupSample.Unknown => (UnknownHolder.Of(@case.Host.Snapshot), "it"),
            GroupSample.Other => ("other programs", "their program"),
            _ => (group.Group, group.Group),
        };
        (string why, string advice) = isInFlight
            ? ($"they were sent to {program} over a Unix socket and not received", "Its reader hangs or is gone: take a dump of its threads before it is restarted. The sender has closed its own descriptors of them.")
            : WordsOf(cause, program, culprit);
        string grows = growth is { } known ? known.PerHour >= 1 ? $", {Words.PerHour(known.PerHour)}" : ""
            : cause == CloseWaitCause.NotAccepted ? ""
            : "; it is too early to tell how fast they grow";
        return new Finding(
            $"close_wait_{name}",
            isFilled || cause == CloseWaitCause.NotAccepted ? Severity.Critical : Severity.Warning,
            $"{Words.Count(count, "socket of", "sockets of")} {whose}{whoIs} {(count == 1 ? "is" : "are")} in CLOSE_WAIT {Where(group)} closed, and "
                + $"{why} (cause {name}). The oldest has been stuck for {Words.Duration(group.Oldest)}{grows}.{limit}",
            advice)
        {
            Subject = $"{group.Group} {SubjectOf(group)}",
            Culprit = culprit,
        };
    }

    private static string Where(CloseWaitGroup group) => group switch
    {
        { Direction: CloseWaitDirection.Inbound, Endpoint: GroupSample.Other } => "on several ports: the clients",
        { Direction: CloseWaitDirection.Inbound } => $"on port {group.Endpoint}: the clients",
        { Endpoint: GroupSample.Other } => "towards several peers: the peers",
        _ => $"towards {group.Endpoint}: the peer",
    };

    private static string SubjectOf(CloseWaitGroup group) => group switch
    {
        { Direction: CloseWaitDirection.Inbound, Endpoint: GroupSample.Other } => "other ports",
        { Endpoint: GroupSample.Other } => "other peers",
        _ => group.Endpoint,
    };

    private static (string Why, string Advice) WordsOf(CloseWaitCause cause, string program, ProcessId? culprit) => cause switch
    {
        CloseWaitCause.NotClosed => (
            $"{program} read to the end and never called close()",
            "The developers have to close the socket on every path, after errors too. A restart frees the descriptors and "
                + $"destroys the proof: first keep what fd-exporter inspect {Words.Pid(culprit)} --json says."),
        CloseWaitCause.NotRead => (
            $"{program} has stopped reading",
            "Its readers hang or are gone: take a dump of its threads before it is restarted."),
        _ => (
            $"{program} never accepted them",
            "It hangs, is out of threads, or is out of descriptors: look at its limit and take a dump of its threads."),
    };

    /// <summary>
    /// The process that holds most of them, and what that means for its limit: <c>5 160 of the 10 240 descriptors of pid
    /// 11342 are lost to CLOSE_WAIT.</c>, <c>Its limit is reached in about 12 days.</c>
    /// </summary>
    private static (ProcessId? Culprit, string WhoIs, string Limit, bool IsFilled, bool IsInFlight) CulpritOf(
        Case @case, CloseWaitGroup group, CloseWaitCause cause, long count, Growth? growth)
    {
        if (@case.Host.Snapshot is not { Processes: { } table, Ownership: { } ownership })
        {
            return default;
        }

        Dictionary<int, long> holders = [];
        foreach (CloseWaitSample sample in ownership.CloseWait)
        {
            if (sample.Process >= 0 && sample.Cause == cause && sample.Direction == group.Direction
                && @case.GroupOf(in table.Processes.ItemRef(sample.Process)) == group.Group
                && @case.EndpointOf(group.Group, group.Direction, sample.Endpoint) == group.Endpoint)
            {
                holders[sample.Process] = holders.GetValueOrDefault(sample.Process) + sample.Count;
            }
        }

        if (holders.Count == 0)
        {
            return default;
        }

        (int index, long most) = holders.MaxBy(static holder => holder.Value);
        ProcessSample process = table.Processes[index];
        string whoIs = Words.Share(most, count, "of", in process);
        string undescribed = WithoutDescriptor.Sentence(ownership, index);

        // Of sockets that it never had a descriptor of, it cannot have read anything.
        bool isInFlight = WithoutDescriptor.InFlightTo(ownership, index) >= most && ownership.Holdings[index]?.WithoutDescriptor >= most;
        if (process.Facts.Limits is not { Soft: > 0 and { } soft })
        {
            return (process.Id, whoIs, undescribed, false, isInFlight);
        }

        // What is no descriptor takes nothing of the limit.
        long held = Math.Max(0, (ownership.Holdings[index]?.Sockets[TcpState.CloseWait] ?? 0) - (ownership.Holdings[index]?.WithoutDescriptor ?? 0));
        bool isFilled = (double)held / soft >= @case.Thresholds.CloseWaitLimitRatio;
        string limit = isFilled ? $" {Words.Number(held)} of the {Words.Number(soft)} descriptors of pid\u00a0{Words.Pid(process.Id)} are lost to CLOSE_WAIT.{undescribed}" : undescribed;
        Growth? whole = @case.GrowthOf(HistoryKey.ProcessFds(process.Id)) ?? growth;
        return process.OpenFds is { } open && whole?.TimeFor((double)soft - open) is { } left
            ? (process.Id, whoIs, $"{limit} Its limit of {Words.Number(soft)} is reached in {Words.About(left)}.", isFilled, isInFlight)
            : (process.Id, whoIs, limit, isFilled, isInFlight);
    }
}
