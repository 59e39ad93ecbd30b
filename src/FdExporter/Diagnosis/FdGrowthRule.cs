using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>
/// Processes that open descriptors of one type and do not close them: files, deleted files, pipes, epoll, inotify, sockets
/// that are not TCP. Those of TCP rise and fall with the load, or are in CLOSE_WAIT.
/// </summary>
internal static class FdGrowthRule
{
    internal static IEnumerable<Finding> Find(Case @case)
    {
        foreach (ProgramAccount program in @case.Host.Accounts.Programs.OrderBy(static program => program.Name, StringComparer.Ordinal))
        {
            for (int i = 0; i < FdTypeCounts.Length; i++)
            {
                FdType type = (FdType)i;
                if (@case.GrowthOf(HistoryKey.LargestOfType(program.Name, type)) is { Climb.IsClimbing: true } growth
                    && HolderOf(@case, program, type) is { } holder && growth.Climb.CertaintyFor(RoomOf(holder.Process)) is not Certainty.None and var certainty)
                {
                    yield return FindingOf(@case, program, type, holder, growth.Climb, certainty);
                }
            }
        }
    }

    internal static double? RoomOf(in ProcessSample process) => process.RoomToLimit;

    /// <summary>What may yet fall again is a note; what takes months to harm anybody is one as well.</summary>
    internal static Severity SeverityOf(in Climb climb, Certainty certainty, double? room, Thresholds thresholds)
        => certainty == Certainty.Proven
            && (climb.PerHour >= thresholds.FdsGrowthPerHour || (room is { } more && climb.TimeFor(more) < TimeSpan.FromDays(thresholds.DaysToLimit)))
            ? Severity.Warning
            : Severity.Note;

    /// <summary><c>it opens them and does not close them. At this pace its limit of 1 024 is reached in about 5 h, if it goes on.</c></summary>
    internal static string ConclusionOf(Case @case, in ProcessSample process, Certainty certainty)
    {
        if (certainty != Certainty.Proven)
        {
            return "whether it closes them later cannot be told yet.";
        }

        string reached = process.Facts.Limits is { Soft: { } soft } && @case.GrowthOf(HistoryKey.ProcessFds(process.Id))?.TimeToLimitOf(in process) is { } left
            ? $" At this pace its limit of {Words.Number(soft)} is reached in {Words.About(left)}, if it goes on."
            : "";
        return $"it opens them and does not close them.{reached}";
    }

    private static Finding FindingOf(Case @case, ProgramAccount program, FdType type, (ProcessSample Process, long Count) holder, Climb climb, Certainty certainty)
    {
        ProcessSample process = holder.Process;
        long count = holder.Count;
        string what = $"{Words.Number(count)} {Words.TypeOf(type)}";
        if (@case.Inspected.TryGetValue(process.Id, out InspectedKinds? kinds) && MostOf(kinds, type) is (string kind, var ofKind))
        {
            what = ofKind >= count ? $"{Words.Number(count)} {kind}"
                : ofKind * 2L > count ? $"{what}, most of them {kind} ({Words.Number((long)ofKind)})"
                : what;
        }

        string others = program.ProcessCount > 1 && program.CountOf(type) is { } all && all > count
            ? $" ({Words.Number(all)} in all its {Words.Number(program.ProcessCount)} processes)"
            : "";
        return new Finding(
            "fds_climbing",
            SeverityOf(climb, certainty, RoomOf(process), @case.Thresholds),
            $"{program.Name} ({Words.WhoIs(in process)}) holds {what}{others}, {Words.PerHour(climb.PerHour)} over the last {Words.Duration(climb.Over)}: {ConclusionOf(@case, in process, certainty)}",
            AdviceFor(type, Words.Pid(process.Id)))
        {
            Subject = $"{program.Name} {FdTypeNames.All[(int)type]}",
            Culprit = process.Id,
        };
    }

    private static (ProcessSample Process, long Count)? HolderOf(Case @case, ProgramAccount program, FdType type)
    {
        (ProcessSample Process, long Count)? most = null;
        if (@case.Host.Snapshot is { Processes: { } table, Ownership: { } ownership })
        {
            foreach (int i in program.Processes)
            {
                if (ownership.Holdings[i] is { } holdings
                    && (type == FdType.Socket ? holdings.OtherSockets : holdings.Types[type]) is var count && count > (most?.Count ?? 0))
                {
                    most = (table.Processes[i], count);
                }
            }
        }

        return most;
    }

    /// <summary>The kind that most descriptors of a type are of, where a type has kinds and an inspection told them.</summary>
    private static (string Kind, int Count)? MostOf(InspectedKinds kinds, FdType type)
    {
        if (type == FdType.Other)
        {
            return kinds.Others.Count == 0 ? null
                : kinds.Others.MaxBy(static each => each.Value) is var (kind, count) ? (Words.OtherKindOf(kind), count)
                : null;
        }

        if (type != FdType.Socket)
        {
            return null;
        }

        SocketProtocol most = SocketProtocol.Mptcp;
        for (SocketProtocol protocol = most; protocol <= SocketProtocol.Unknown; protocol++)
        {
            most = kinds.Sockets[protocol] > kinds.Sockets[most] ? protocol : most;
        }

        // Those of TCP that are in a table are not meant here.
        return kinds.InNoTable[SocketProtocol.Tcp] > kinds.Sockets[most]
            ? ("TCP sockets in no protocol table", kinds.InNoTable[SocketProtocol.Tcp])
            : (Words.ProtocolOf(most), kinds.Sockets[most]);
    }

    private static string AdviceFor(FdType type, string pid) => type switch
    {
        FdType.DeletedFile => $"The space of deleted files is not freed before they are closed. Which they are: fd-exporter inspect {pid}.",
        FdType.Inotify => "A user may have fs.inotify.max_user_instances of them, then nobody of that user can watch a file. One instance watches many files.",
        FdType.Pipe => $"Pipes to child processes have to be closed on both ends when the child has ended. Which they are: fd-exporter inspect {pid}.",
        _ => $"The developers have to close them on every path, after errors too. Which they are: fd-exporter inspect {pid}.",
    };
}
