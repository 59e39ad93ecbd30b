using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>
/// Sockets that the other side has closed: which program holds them, towards whom, why, for how long, how fast they grow. A
/// program is judged by all that it holds, however many addresses that goes to; the addresses are named afterwards.
/// </summary>
internal static class CloseWaitRule
{
    internal static IEnumerable<Finding> Find(Case @case)
    {
        foreach (ProgramAccount program in @case.Host.Accounts.Programs.OrderBy(static program => program.Name, StringComparer.Ordinal).Append(@case.Host.Accounts.Unknown))
        {
            foreach (IGrouping<Kind, ConnectionSample> samples in program.Connections
                .Where(static sample => sample.State == TcpState.CloseWait)
                .GroupBy(static sample => new Kind(sample.Direction, sample.Cause == CloseWaitCause.NotAccepted, sample.InheritedFrom)))
            {
                CloseWaitSum sum = new(program, samples.Key.Direction, [.. samples]);
                bool isItsOwn = samples.Key.From is null && !samples.Key.IsNotAccepted;
                DeadSockets? dead = isItsOwn ? DeadSockets.Beside(@case, program, samples.Key.Direction) : null;
                Growth? growth = dead?.Growth ?? (isItsOwn ? @case.GrowthOf(HistoryKey.CloseWaitOf(program.Name, samples.Key.Direction)) : null);
                if (IsWorthSaying(samples.Key, sum.Count + (dead?.Count ?? 0), CertaintyOf(@case, sum, growth), @case.Thresholds))
                {
                    yield return samples.Key.From is { } author ? InheritedFrom(@case, sum, author) : FindingOf(@case, sum, dead, growth);
                }
            }
        }
    }

    private static bool IsWorthSaying(Kind kind, long count, Certainty certainty, Thresholds thresholds)
        => kind.IsNotAccepted
            ? count >= thresholds.NotAccepted
            : count >= thresholds.CloseWaitAged || (count > 0 && certainty != Certainty.None);

    private static Certainty CertaintyOf(Case @case, CloseWaitSum sum, Growth? growth)
    {
        double? room = null;
        if (sum.LargestHolder is { } largest && @case.Host.Snapshot.Processes is { } table)
        {
            ProcessSample process = table.Processes[largest.Process];
            room = process.Facts.Limits?.Soft - (double?)process.OpenFds;
        }

        return growth?.Climb.CertaintyFor(room) ?? Certainty.None;
    }

    /// <summary>Sockets that are closed in the end, again and again, and a few that may yet be, wake nobody.</summary>
    private static Severity SeverityOf(Case @case, CloseWaitSum sum, long count, Growth? growth)
        => growth?.Climb.State == ClimbState.Teeth || (count < @case.Thresholds.CloseWaitAged && CertaintyOf(@case, sum, growth) != Certainty.Proven)
            ? Severity.Note
            : Severity.Warning;

    private static Finding FindingOf(Case @case, CloseWaitSum sum, DeadSockets? dead, Growth? growth)
    {
        string name = CloseWaitCauseNames.All[(int)sum.Cause];
        bool isNotAccepted = sum.Cause == CloseWaitCause.NotAccepted;
        (ProcessId? culprit, string whoIs, string limit, bool isFilled, bool isInFlight) = CulpritOf(@case, sum);
        string grows = growth is { } known ? known.PerHour >= 1 ? $", {(dead?.Growth is null ? "" : "together ")}{Words.PerHour(known.PerHour)}" : ""
            : isNotAccepted ? ""
            : "; it is too early to tell how fast they grow";
        (string why, string advice) = sum.IsUnknown ? WordsOfUnknown(@case)
            : isInFlight ? WordsOfInFlight(sum.Program)
            : WordsOf(sum, culprit);
        return new Finding(
            $"close_wait_{name}",
            isFilled || isNotAccepted ? Severity.Critical : SeverityOf(@case, sum, sum.Count + (dead?.Count ?? 0), growth),
            $"{sum.Subject}{whoIs} {sum.Holds} {sum.Where}{dead?.And}: {sum.Peers} closed them, {why} (cause {sum.CauseText}). "
                + $"The oldest has been stuck for {Words.Duration(sum.Oldest)}{grows}.{limit}",
            advice)
        {
            Subject = $"{sum.Program} {ConnectionDirectionNames.Of(sum.Direction)}",
            Culprit = culprit,
        };
    }

    private static (string Why, string Advice) WordsOf(CloseWaitSum sum, ProcessId? culprit) => sum.Cause switch
    {
        CloseWaitCause.NotClosed => (
            $"{sum.Program} has read all data and not closed them",
            "The developers have to close the socket on every path, after errors too. A restart frees the descriptors and "
                + $"destroys the proof: first keep what fd-exporter inspect {Words.Pid(culprit)} --json says."),
        CloseWaitCause.NotRead => (
            $"{sum.Program} has stopped reading them",
            "Its readers hang or are gone: take a dump of its threads before it is restarted."),
        CloseWaitCause.NotAccepted => (
            sum.Acceptors > 1 ? $"none of the {Words.Number(sum.Acceptors)} processes that hold the listener accepted them" : $"{sum.Program} never accepted them",
            "It hangs, is out of threads, or is out of descriptors: look at its limit and take a dump of its threads."),
        _ => (
            $"{sum.Program} has not closed them",
            $"They are MPTCP connections, of which the kernel does not tell whether {sum.Program} has seen the end. Which they are: fd-exporter inspect {Words.Pid(culprit)}."),
    };

    private static (string Why, string Advice) WordsOfInFlight(string program) => (
        $"they were sent to {program} over a Unix socket and not received",
        "Its reader hangs or is gone: take a dump of its threads before it is restarted. The sender has closed its own descriptors of them.");

    private static (string Why, string Advice) WordsOfUnknown(Case @case)
    {
        string inFlight = UnknownHolder.ReceiversOf(@case.Host.Snapshot) is { } receivers ? $", or they are in flight to {receivers}" : "";
        return @case.HasHiddenProcesses
            ? ($"and they are held by a process to which access is denied{inFlight}", "Grant access: fd-exporter check says what is missing.")
            : (
                $"and no process that can be seen holds them as a descriptor{inFlight}",
                "They may be in flight between processes over a Unix socket, registered with an io_uring, held by a thread with a table of its own, or the kernel's own (NFS, for example).");
    }

    private static Finding InheritedFrom(Case @case, CloseWaitSum sum, SocketAuthor author)
    {
        (ProcessId? holder, string whoIs, string limit, bool isFilled, _) = CulpritOf(@case, sum);
        return new Finding(
            "close_wait_inherited",
            isFilled ? Severity.Critical : Severity.Warning,
            $"{sum.Subject}{whoIs} {sum.Holds} {sum.Where} that it did not open: it inherited them from {author.Program} (pid\u00a0{Words.Pid(author.Id)}). {Words.FirstUpper(sum.Peers)} closed them. "
                + $"The oldest has been stuck for {Words.Duration(sum.Oldest)}.{limit}",
            $"{author.Program} must open its sockets with SOCK_CLOEXEC, so that programs that it starts do not get them. "
                + $"Ending {sum.Program} ({Words.PidOf(holder)}) frees them.")
        {
            Subject = $"{sum.Program} from {author.Program}",
            Culprit = holder,
        };
    }

    /// <summary>
    /// The process that holds most of them, and what that means for its limit: <c>5 160 of the 10 240 descriptors of pid
    /// 11342 are lost to CLOSE_WAIT.</c>, <c>Its limit is reached in about 12 days.</c>
    /// </summary>
    private static (ProcessId? Culprit, string WhoIs, string Limit, bool IsFilled, bool IsInFlight) CulpritOf(Case @case, CloseWaitSum sum)
    {
        if (sum.LargestHolder is not { } largest || @case.Host.Snapshot is not { Processes: { } table, Ownership: { } ownership })
        {
            return (null, "", "", false, false);
        }

        ProcessSample process = table.Processes[largest.Process];
        string whoIs = Words.Share(largest.Count, sum.Count, "of", in process);
        string undescribed = WithoutDescriptor.Sentence(ownership, largest.Process);

        // Of sockets that it never had a descriptor of, it cannot have read anything.
        bool isInFlight = WithoutDescriptor.InFlightTo(ownership, largest.Process) >= largest.Count
            && ownership.Holdings[largest.Process]?.WithoutDescriptor >= largest.Count;
        if (process.IsAboveLimit || process.Facts.Limits is not { Soft: > 0 and { } soft })
        {
            return (process.Id, whoIs, undescribed, false, isInFlight);
        }

        // What is no descriptor takes nothing of the limit.
        long dead = ownership.Holdings[largest.Process]?.DeadSockets ?? 0;
        long held = Math.Max(0, (ownership.Holdings[largest.Process]?.Sockets[TcpState.CloseWait] ?? 0) - (ownership.Holdings[largest.Process]?.WithoutDescriptor ?? 0)) + dead;
        bool isFilled = (double)held / soft >= @case.Thresholds.CloseWaitLimitRatio;
        string limit = isFilled ? $" {Words.Number(held)} of the {Words.Number(soft)} descriptors of pid\u00a0{Words.Pid(process.Id)} are lost to CLOSE_WAIT{(dead > 0 ? " and to connections that are gone" : "")}.{undescribed}" : undescribed;

        // Only by its own growth: ten equal workers together reach the limit of none of them.
        return @case.GrowthOf(HistoryKey.ProcessFds(process.Id))?.TimeToLimitOf(in process) is { } left
            ? (process.Id, whoIs, $"{limit} At this pace its limit of {Words.Number(soft)} is reached in {Words.About(left)}, if it goes on.", isFilled, isInFlight)
            : (process.Id, whoIs, limit, isFilled, isInFlight);
    }

    private readonly record struct Kind(ConnectionDirection Direction, bool IsNotAccepted, SocketAuthor? From);
}
