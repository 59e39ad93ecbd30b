using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>
/// Sockets that the other side has closed: which program holds them, towards whom, why, for how long, how fast they grow. A
/// program is judged by all that it holds, however many addresses that goes to; the addresses are named afterwards. Sockets that
/// the other side closed less than a minute ago are nobody's fault.
/// </summary>
internal static class CloseWaitRule
{
    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        foreach (ProgramAccount program in input.Host.Accounts.Programs.OrderBy(static program => program.Name, StringComparer.Ordinal).Append(input.Host.Accounts.Unknown))
        {
            List<ConnectionSample> rest = [];
            foreach (CloseWaitKind kind in CloseWaitKind.Of(program))
            {
                CloseWaitSum sum = new(program, kind.Samples);
                bool isItsOwn = kind.From is null && !kind.IsNotAccepted;
                DeadSockets? dead = isItsOwn ? DeadSockets.Beside(input, program, kind.Direction) : null;
                Growth? growth = dead?.Growth ?? (isItsOwn ? input.GrowthOf(HistoryKey.CloseWaitOf(program.Name, kind.Direction)) : null);
                if (CloseWaitJudge.IsWorthSaying(input, sum, dead?.Count ?? 0, kind.IsNotAccepted, growth))
                {
                    yield return kind.From is { } author ? InheritedFrom(input, sum, author, isLongStanding: false) : FindingOf(input, sum, dead, growth);
                }
                else if (kind.From is { } origin)
                {
                    if (CloseWaitJudge.IsLongStanding(input, sum))
                    {
                        yield return InheritedFrom(input, sum, origin, isLongStanding: true);
                    }
                }
                else if (growth?.FallsAgain != true)
                {
                    // What is closed in the end, again and again, does not stand.
                    rest.AddRange(kind.Samples);
                }
            }

            // One note a program, whatever its few have in common.
            if (rest.Count > 0 && new CloseWaitSum(program, rest) is var few && CloseWaitJudge.IsLongStanding(input, few))
            {
                yield return FindingOf(input, few, dead: null, growth: null, isLongStanding: true);
            }
        }
    }

    private static Finding FindingOf(VerdictInput input, CloseWaitSum sum, DeadSockets? dead, Growth? growth, bool isLongStanding = false)
    {
        string name = CloseWaitCauseNames.All[(int)sum.Cause];
        bool isNotAccepted = sum.Cause == CloseWaitCause.NotAccepted;
        (ProcessId? culprit, string whoIs, string limit, bool isFilled, bool isInFlight) = CulpritOf(input, sum);
        string grows = isLongStanding ? ""
            : growth is { } known ? known.PerHour >= 1 ? $", {(dead?.Growth is null ? "" : "together ")}{HumanText.PerHour(known.PerHour)}" : ""
            : isNotAccepted ? ""
            : $"; {HumanText.GrowthNotKnown}";
        (string why, string advice) = sum.IsUnknown ? WordsOfUnknown(input)
            : isInFlight ? WordsOfInFlight(sum.Program)
            : CloseWaitWords.Of(sum, culprit);
        CloseWaitBlame blame = sum.IsUnknown || isInFlight ? CloseWaitBlame.OfItself(why, advice) : CloseWaitBlame.Of(input, sum, why, advice);
        return new Finding(
            $"close_wait_{name}",
            isFilled || (isNotAccepted && !isLongStanding) ? Severity.Critical : isLongStanding ? Severity.Note : CloseWaitJudge.SeverityOf(input, sum, dead?.Count ?? 0, growth),
            $"{blame.Before}{sum.Subject}{whoIs} {sum.Holds} {sum.Where}{dead?.And}: {sum.Peers} closed them, {blame.Why} (cause {sum.CauseText}). {blame.After}"
                + $"{(isLongStanding ? sum.AgeOfLongStanding : sum.Age)}{grows}.{limit}",
            blame.Advice)
        {
            Subject = isLongStanding ? sum.Program : $"{sum.Program} {ConnectionDirectionNames.Of(sum.Direction)}",
            Culprit = culprit,
            IsEvidence = !isLongStanding && CloseWaitJudge.IsEvidence(input, sum, dead?.Count ?? 0, growth),
        };
    }

    private static (string Why, string Advice) WordsOfInFlight(string program) => (
        $"they were sent to {program} over a Unix socket and not received",
        "Its reader hangs or is gone: take a dump of its threads before it is restarted. The sender has closed its own descriptors of them.");

    private static (string Why, string Advice) WordsOfUnknown(VerdictInput input)
    {
        string inFlight = UnknownHolder.ReceiversOf(input.Host.Snapshot) is { } receivers ? $", or they are in flight to {receivers}" : "";
        return input.HasHiddenProcesses
            ? ($"and they are held by a process to which access is denied{inFlight}", "Grant access: fd-exporter check says what is missing.")
            : (
                $"and no process that can be seen holds them as a descriptor{inFlight}",
                "They may be in flight between processes over a Unix socket, registered with an io_uring, held by a thread with a table of its own, or the kernel's own (NFS, for example).");
    }

    private static Finding InheritedFrom(VerdictInput input, CloseWaitSum sum, SocketAuthor author, bool isLongStanding)
    {
        (ProcessId? holder, string whoIs, string limit, bool isFilled, _) = CulpritOf(input, sum);
        return new Finding(
            "close_wait_inherited",
            isFilled ? Severity.Critical : isLongStanding ? Severity.Note : CloseWaitJudge.SeverityOf(input, sum, dead: 0, growth: null),
            $"{sum.Subject}{whoIs} {sum.Holds} {sum.Where} that it did not open: it inherited them from {author.Program} (pid\u00a0{HumanText.Pid(author.Id)}). {HumanText.FirstUpper(sum.Peers)} closed them. "
                + $"{(isLongStanding ? sum.AgeOfLongStanding : sum.Age)}.{limit}",
            $"{author.Program} must open its sockets with SOCK_CLOEXEC, so that programs that it starts do not get them. "
                + $"Ending {sum.Program} ({HumanText.PidOf(holder)}) frees them.")
        {
            Subject = $"{sum.Program} from {author.Program}",
            Culprit = holder,
            IsEvidence = !isLongStanding && CloseWaitJudge.IsEvidence(input, sum, dead: 0, growth: null),
        };
    }

    /// <summary>
    /// The process that holds most of them, and what that means for its limit: <c>5 160 of the 10 240 descriptors of pid
    /// 11342 are lost to CLOSE_WAIT.</c>, <c>Its limit is reached in about 12 days.</c>
    /// </summary>
    private static (ProcessId? Culprit, string WhoIs, string Limit, bool IsFilled, bool IsInFlight) CulpritOf(VerdictInput input, CloseWaitSum sum)
    {
        if (sum.LargestHolder is not { } largest || input.Host.Snapshot is not { Processes: { } table, Ownership: { } ownership })
        {
            return (null, "", "", false, false);
        }

        ProcessSample process = table.Processes[largest.Process];
        string whoIs = HumanText.Share(largest.Count, sum.Count, "of", in process);
        string undescribed = WithoutDescriptor.Sentence(ownership, largest.Process);

        // Of sockets that it never had a descriptor of, it cannot have read anything.
        bool isInFlight = WithoutDescriptor.InFlightTo(ownership, largest.Process) >= largest.Count
            && ownership.Holdings[largest.Process]?.WithoutDescriptor >= largest.Count;
        if (process.IsAboveLimit || process.Facts.Limits is not { Soft: > 0 and { } soft })
        {
            return (process.Id, whoIs, undescribed, false, isInFlight);
        }

        // What is no descriptor takes nothing of the limit, and what is still answered is not lost.
        long answered = sum.Account.StillSendingOf(largest.Process);
        long held = Math.Max(0, (ownership.Holdings[largest.Process]?.Sockets[TcpState.CloseWait] ?? 0) - (ownership.Holdings[largest.Process]?.WithoutDescriptor ?? 0) - answered);
        long dead = ownership.Holdings[largest.Process]?.DeadSockets ?? 0;
        bool isFilled = CloseWaitJudge.IsFilled(input, sum.Account, largest.Process, held, dead, soft);
        held += dead;
        string limit = isFilled ? $" {HumanText.Number(held)} of the {HumanText.Number(soft)} descriptors of pid\u00a0{HumanText.Pid(process.Id)} are lost to CLOSE_WAIT{(dead > 0 ? " and to connections that are gone" : "")}.{undescribed}" : undescribed;

        // Only by its own growth: ten equal workers together reach the limit of none of them.
        return input.GrowthOf(HistoryKey.ProcessFds(process.Id))?.TimeToLimitOf(in process) is { } left
            ? (process.Id, whoIs, $"{limit} At this pace its limit of {HumanText.Number(soft)} is reached in {HumanText.About(left)}, if it goes on.", isFilled, isInFlight)
            : (process.Id, whoIs, limit, isFilled, isInFlight);
    }
}
