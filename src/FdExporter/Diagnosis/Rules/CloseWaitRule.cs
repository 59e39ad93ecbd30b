using FdExporter.Accounts;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>
/// Sockets that the peer has closed: the program that holds them, how many, towards which address, why, since when, how fast they
/// grow. A program is judged by all its sockets, to all addresses together. Sockets closed less than a minute ago do not count.
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
                if (CloseWaitJudge.IsReported(input, sum, dead?.Count ?? 0, kind.IsNotAccepted, growth))
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
                    // Sockets that are closed again and again are no leak.
                    rest.AddRange(kind.Samples);
                }
            }

            // One note for each program.
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
        (ProcessId? culprit, string whoIs, Forecast? forecast, string limit, bool isFilled, bool isInFlight) = CulpritOf(input, sum);
        string grows = isLongStanding ? ""
            : growth is { } known ? known.PerHour >= 1 ? $", {(dead?.Growth is null ? "" : "together ")}{HumanText.PerHour(known.PerHour)}" : ""
            : isNotAccepted ? ""
            : $"; {Growth.NotKnown}";
        (string why, string advice) = sum.IsUnknown ? ReasonOfUnknown(input)
            : isInFlight ? ReasonOfInFlight(sum.Program)
            : CloseWaitText.Of(sum, culprit);
        CloseWaitBlame blame = sum.IsUnknown || isInFlight ? CloseWaitBlame.OfItself(why, advice) : CloseWaitBlame.Of(input, sum, why, advice);
        return new Finding(
            $"close_wait_{name}",
            isFilled || (isNotAccepted && !isLongStanding) ? Severity.Critical : isLongStanding ? Severity.Note : CloseWaitJudge.SeverityOf(input, sum, dead?.Count ?? 0, growth),
            $"{blame.Before}{sum.Subject}{whoIs} {sum.Holds} {sum.Where}{dead?.And}: {sum.Peers} closed them, {blame.Why} (cause {sum.CauseText}). "
                + $"{(isLongStanding ? sum.AgeOfLongStanding : sum.Age)}{grows}{Forecast.TextOf(forecast)}.{limit}{blame.After}",
            blame.Advice)
        {
            Subject = isLongStanding ? sum.Program : $"{sum.Program} {ConnectionDirectionNames.Of(sum.Direction)}",
            Program = sum.Program,
            Culprit = culprit,
            Rising = growth is null ? null : dead?.Growth is null ? HistoryKey.CloseWaitOf(sum.Program, sum.Direction) : HistoryKey.LostSockets(sum.Program),
            OpenedBy = isNotAccepted || isInFlight ? null : sum.Direction == ConnectionDirection.Inbound ? LeakSite.Accept : LeakSite.Socket,
            TimeToLimit = forecast?.Left,
            IsEvidence = !isLongStanding && CloseWaitJudge.IsEvidence(input, sum, dead?.Count ?? 0, growth),
        };
    }

    private static (string Why, string Advice) ReasonOfInFlight(string program) => (
        $"they were sent to {program} over a Unix socket and not received",
        "Take a thread dump before you restart it: its reader hangs or has ended. The sender has closed its own descriptors.");

    private static (string Why, string Advice) ReasonOfUnknown(VerdictInput input)
    {
        string inFlight = UnknownHolder.ReceiversOf(input.Host.Snapshot) is { } receivers ? $", or they are in flight to {receivers}" : "";
        return input.HasHiddenProcesses
            ? ($"but access to the process that holds them is denied{inFlight}", "Grant access: fd-exporter check shows what is missing.")
            : (
                $"but no visible process holds them as a descriptor{inFlight}",
                "They may be in flight between processes over a Unix socket, registered with an io_uring, held by a thread with its own descriptor table, or used by the kernel itself (for example NFS).");
    }

    private static Finding InheritedFrom(VerdictInput input, CloseWaitSum sum, SocketAuthor author, bool isLongStanding)
    {
        (ProcessId? holder, string whoIs, Forecast? forecast, string limit, bool isFilled, _) = CulpritOf(input, sum);
        return new Finding(
            "close_wait_inherited",
            isFilled ? Severity.Critical : isLongStanding ? Severity.Note : CloseWaitJudge.SeverityOf(input, sum, dead: 0, growth: null),
            $"{sum.Subject}{whoIs} {sum.Holds} {sum.Where} that it did not open: it inherited them from {author.Program} (pid\u00a0{HumanText.Pid(author.Id)}). {HumanText.FirstUpper(sum.Peers)} closed them. "
                + $"{(isLongStanding ? sum.AgeOfLongStanding : sum.Age)}{Forecast.TextOf(forecast)}.{limit}",
            $"Ending {sum.Program} ({HumanText.PidOf(holder)}) frees them. "
                + $"The developers of {author.Program} must open its sockets with SOCK_CLOEXEC, then child programs do not inherit them.")
        {
            Subject = $"{sum.Program} from {author.Program}",
            Program = sum.Program,
            Culprit = holder,
            TimeToLimit = forecast?.Left,
            IsEvidence = !isLongStanding && CloseWaitJudge.IsEvidence(input, sum, dead: 0, growth: null),
        };
    }

    /// <summary>
    /// The process that holds most of them, and its limit: <c> 5 160 of the 10 240 descriptors of pid 11342 are lost to CLOSE_WAIT.</c>
    /// </summary>
    private static (ProcessId? Culprit, string WhoIs, Forecast? Forecast, string Limit, bool IsFilled, bool IsInFlight) CulpritOf(VerdictInput input, CloseWaitSum sum)
    {
        if (sum.LargestHolder is not { } largest || input.Host.Snapshot is not { Processes: { } table, Ownership: { } ownership })
        {
            return (null, "", null, "", false, false);
        }

        ProcessSample process = table.Processes[largest.Process];
        string whoIs = HumanText.Share(largest.Count, sum.Count, "of", in process);
        string undescribed = WithoutDescriptor.Sentence(ownership, largest.Process);

        // It cannot have read from sockets without a descriptor.
        bool isInFlight = WithoutDescriptor.InFlightTo(ownership, largest.Process) >= largest.Count
            && ownership.Holdings[largest.Process]?.WithoutDescriptor >= largest.Count;
        if (process.IsAboveLimit || process.Facts.Limits is not { Soft: > 0 and { } soft })
        {
            return (process.Id, whoIs, null, undescribed, false, isInFlight);
        }

        // A socket without a descriptor does not count towards the limit; one that is still answered is not lost.
        long answered = sum.Account.StillSendingOf(largest.Process);
        long held = Math.Max(0, (ownership.Holdings[largest.Process]?.Sockets[TcpState.CloseWait] ?? 0) - (ownership.Holdings[largest.Process]?.WithoutDescriptor ?? 0) - answered);
        long dead = ownership.Holdings[largest.Process]?.DeadSockets ?? 0;
        bool isFilled = CloseWaitJudge.IsFilled(input, sum.Account, largest.Process, held, dead, soft);
        held += dead;
        string limit = isFilled ? $" {HumanText.Number(held)} of the {HumanText.Number(soft)} descriptors of pid\u00a0{HumanText.Pid(process.Id)} are lost to CLOSE_WAIT{(dead > 0 ? " and to reset connections" : "")}.{undescribed}" : undescribed;

        // By the growth of this process only: ten equal workers together do not reach the limit of any of them.
        return (process.Id, whoIs, Forecast.Of(input, in process), limit, isFilled, isInFlight);
    }
}
