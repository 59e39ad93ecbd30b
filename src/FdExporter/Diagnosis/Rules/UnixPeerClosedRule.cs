using FdExporter.Accounts;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>
/// Programs that keep Unix sockets which the other side has closed: the CLOSE_WAIT of Unix sockets. The kernel does not report since when,
/// so the history tells how long there have been many.
/// </summary>
internal static class UnixPeerClosedRule
{
    private static readonly TimeSpan s_leastTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_longTime = TimeSpan.FromMinutes(10);

    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        foreach (ProgramAccount program in input.Host.Accounts.Programs.OrderBy(static program => program.Name, StringComparer.Ordinal))
        {
            if (program.Unix[UnixSocketState.PeerClosed] is not (> 0 and var closed)
                || FdGrowthRule.HolderOf(input.Host, program, CountOf) is not { } holder)
            {
                continue;
            }

            HistoryKey key = HistoryKey.UnixPeerClosed(program.Name);
            Growth? growth = input.GrowthOf(key);

            // Any climb is a leak, as with CLOSE_WAIT: the distance to the limit does not matter.
            Certainty certainty = growth?.Climb.CertaintyFor(0) ?? Certainty.None;
            TimeSpan many = TimeWithMany(input.History.MinutesOf(key), input.Thresholds.CloseWaitAged);
            if (certainty != Certainty.None || many >= s_leastTime || closed >= input.Thresholds.OtherSockets)
            {
                Severity severity = certainty == Certainty.Proven || many >= s_longTime ? Severity.Warning : Severity.Note;
                yield return FindingOf(input, program, closed, holder, growth, severity);
            }
        }
    }

    internal static long CountOf(ProcessHoldings holdings) => holdings.Unix[UnixSocketState.PeerClosed];

    private static Finding FindingOf(VerdictInput input, ProgramAccount program, long closed, (ProcessSample Process, long Count) holder, Growth? growth, Severity severity)
    {
        string grows = growth is { PerHour: >= 1 } known ? $", {HumanText.PerHour(known.PerHour)}" : "";
        string where = SocketGrowthRule.WhereOf(input, holder, SocketProtocol.Unix, isPeerClosed: true);
        string pid = HumanText.Pid(holder.Process.Id);
        return new Finding(
            "unix_sockets_peer_closed",
            severity,
            $"{program.Name}{HumanText.Share(holder.Count, closed, "in", in holder.Process)} holds {HumanText.Count(closed, "Unix socket", "Unix sockets")}{where}{grows}: "
                + $"the other side has closed {(closed == 1 ? "it" : "them")}, {program.Name} has not.",
            $"List them: fd-exporter inspect {pid} --filter peer_closed. The developers must close a connection when read() returns 0, also in pools.")
        {
            Subject = $"{program.Name} unix peer_closed",
            Program = program.Name,
            Culprit = holder.Process.Id,
            Rising = HistoryKey.UnixPeerClosed(program.Name),
        };
    }

    /// <summary>For how long there have been at least so many in each scan.</summary>
    private static TimeSpan TimeWithMany(IReadOnlyList<long?> minutes, long least)
    {
        int first = minutes.Count;
        for (int i = minutes.Count - 1; i >= 0; i--)
        {
            if (minutes[i] < least)
            {
                break;
            }

            first = minutes[i] is null ? first : i;
        }

        return TimeSpan.FromMinutes(Math.Max(0, minutes.Count - 1 - first));
    }
}
