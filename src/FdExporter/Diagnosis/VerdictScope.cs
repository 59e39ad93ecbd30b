using FdExporter.Accounts;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Rules;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>The scope of a verdict: the part of the machine that was scanned, and what cannot be known from that.</summary>
internal static class VerdictScope
{
    /// <summary>Text where there is no finding. Says nothing about collectors that are off; a failed one is a finding.</summary>
    internal static string NothingToReportOf(HostSnapshot snapshot) => snapshot switch
    {
        { Ownership: not null, FileHandles: not null } => "Nothing to report: no program leaks sockets, no limit is near.",
        { Ownership: not null } => "Nothing to report: no program leaks sockets, no process is near its limit.",
        { Processes: not null, FileHandles: not null } => "Nothing to report: no limit is near.",
        { Processes: not null } => "Nothing to report: no process is near its limit.",
        { FileHandles: not null } => "Nothing to report: the machine is not near its limit of file handles.",
        _ => "Nothing to report from the enabled collectors.",
    };

    internal static IEnumerable<string> NotKnownOf(VerdictInput input)
    {
        HostSnapshot snapshot = input.Host.Snapshot;
        string[] off = [.. OffIn(snapshot).Select(CollectorNames.Of)];
        if (off.Length > 0)
        {
            yield return $"Disabled, so not checked: {string.Join(", ", off)}.";
        }

        if (OfProcesses(snapshot) is { } hidden)
        {
            yield return hidden;
        }

        if (OfYoungSockets(input) is { } young)
        {
            yield return young;
        }

        if (OfGrowth(input) is { } growth)
        {
            yield return growth;
        }
    }

    private static string WhenGrowthIsKnown => $"growth is known after {HumanText.Duration(Climb.ShortestWindow)} at the earliest, slow growth after hours";

    /// <summary>For the program with most of them. The text tables have no age, so at the first scan all are young.</summary>
    private static string? OfYoungSockets(VerdictInput input)
    {
        CloseWaitSum? most = null;
        foreach (ProgramAccount program in input.Host.Accounts.Programs)
        {
            if (program.Connections.Where(static sample => sample.Cause != CloseWaitCause.StillSending).ToList() is { Count: > 0 } samples && new CloseWaitSum(program, samples) is var sum
                && sum.Count >= input.Thresholds.CloseWaitAged && sum.Stuck < input.Thresholds.CloseWaitAged
                && sum.Count > (most?.Count ?? 0))
            {
                most = sum;
            }
        }

        return most is null ? null
            : $"{most.Program} has {HumanText.Number(most.Count)} sockets in CLOSE_WAIT, {(most.Stuck == 0 ? "none" : HumanText.Number(most.Stuck))} of them known to be there for a minute: it may still close them.";
    }

    private static string? OfGrowth(VerdictInput input) => input.History.Watched switch
    {
        null => "This is a single scan: growth and small leaks are not known.",
        { TotalMinutes: < 1 } => $"Watched for less than a minute: {WhenGrowthIsKnown}.",
        { } watched when watched < Climb.ShortestWindow => $"Watched for {HumanText.Duration(watched)}: {WhenGrowthIsKnown}.",
        _ when input.Host.Snapshot.FileHandles is not null && input.GrowthOf(HistoryKey.SystemHandles) is null =>
            "Scans are too far apart to detect growth.",
        _ => null,
    };

    private static IEnumerable<Collectors> OffIn(HostSnapshot snapshot)
    {
        foreach ((Collectors collector, _) in CollectorNames.All)
        {
            object? part = collector switch
            {
                Collectors.System => snapshot.FileHandles,
                Collectors.Process => snapshot.Processes,
                Collectors.Tcp => snapshot.TcpNamespaces,
                Collectors.SocketOwner => snapshot.Ownership,
                Collectors.Listeners => snapshot.Listeners,
                Collectors.Connections => snapshot.Connections,
                _ => snapshot.Files,
            };
            if (part is null && !snapshot.Outcomes.Any(outcome => outcome.Collector == collector))
            {
                yield return collector;
            }
        }
    }

    private static string? OfProcesses(HostSnapshot snapshot)
    {
        if (snapshot.Processes is not { } table)
        {
            return null;
        }

        if (snapshot.Coverage.IsWholeMachine == false)
        {
            return "Only the processes of this pid namespace (a container or guest) were scanned, not those of the machine.";
        }

        if (snapshot is { HidesProcesses: true, Coverage.ShowsFirst: false })
        {
            return "Other users' processes are hidden: their descriptors are not known.";
        }

        int denied = table.CountOf(ProcessVisibility.CountOnly) + table.CountOf(ProcessVisibility.None);
        return denied == 0 ? null
            : $"{HumanText.Count(denied, "process", "processes")} could not be inspected and may leak.";
    }
}
