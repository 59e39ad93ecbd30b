using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>
/// Processes that open descriptors of one type and do not close them: files, deleted files, pipes, epoll, inotify, sockets
/// that are not TCP. TCP sockets rise and fall with the load, or are in CLOSE_WAIT.
/// </summary>
internal static class FdGrowthRule
{
    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        foreach (ProgramAccount program in input.Host.Accounts.Programs.OrderBy(static program => program.Name, StringComparer.Ordinal))
        {
            for (int i = 0; i < FdTypeCounts.Length; i++)
            {
                FdType type = (FdType)i;
                if (input.GrowthOf(HistoryKey.LargestOfType(program.Name, type)) is { Climb.IsClimbing: true } growth
                    && HolderOf(input, program, type) is { } holder && growth.Climb.CertaintyFor(RoomOf(holder.Process)) is not Certainty.None and var certainty)
                {
                    yield return FindingOf(input, program, type, holder, growth.Climb, certainty);
                }
            }
        }
    }

    internal static double? RoomOf(in ProcessSample process) => process.RoomToLimit;

    /// <summary>A note where the number may still fall, or where the limit is months away.</summary>
    internal static Severity SeverityOf(in Climb climb, Certainty certainty, double? room, Thresholds thresholds)
        => certainty == Certainty.Proven
            && (climb.PerHour >= thresholds.FdsGrowthPerHour || (room is { } more && climb.TimeFor(more) < TimeSpan.FromDays(thresholds.DaysToLimit)))
            ? Severity.Warning
            : Severity.Note;

    /// <summary><c>it opens them and does not close them; the limit of 1 024 is reached in about 5 h.</c></summary>
    internal static string ConclusionOf(VerdictInput input, in ProcessSample process, Certainty certainty)
    {
        if (certainty != Certainty.Proven)
        {
            return "it may still close them later.";
        }

        string reached = process.Facts.Limits is { Soft: { } soft } && input.GrowthOf(HistoryKey.ProcessFds(process.Id))?.TimeToLimitOf(in process) is { } left
            ? $"; the limit of {HumanText.Number(soft)} is reached in {HumanText.About(left)}"
            : "";
        return $"it opens them and does not close them{reached}.";
    }

    private static Finding FindingOf(VerdictInput input, ProgramAccount program, FdType type, (ProcessSample Process, long Count) holder, Climb climb, Certainty certainty)
    {
        ProcessSample process = holder.Process;
        long count = holder.Count;
        string what = $"{HumanText.Number(count)} {HumanText.TypeOf(type)}";
        if (input.Inspected.TryGetValue(process.Id, out InspectedKinds? kinds) && MostOf(kinds, type) is (string kind, var ofKind))
        {
            what = ofKind >= count ? $"{HumanText.Number(count)} {kind}"
                : ofKind * 2L > count ? $"{what}, most of them {kind} ({HumanText.Number((long)ofKind)})"
                : what;
        }

        string others = program.ProcessCount > 1 && program.CountOf(type) is { } all && all > count
            ? $" ({HumanText.Number(all)} in all its {HumanText.Number(program.ProcessCount)} processes)"
            : "";
        return new Finding(
            "fds_climbing",
            SeverityOf(climb, certainty, RoomOf(process), input.Thresholds),
            $"{program.Name} ({HumanText.WhoIs(in process)}) holds {what}{others}, {HumanText.PerHour(climb.PerHour)} over the last {HumanText.Duration(climb.Over)}: {ConclusionOf(input, in process, certainty)}",
            AdviceFor(type, HumanText.Pid(process.Id)))
        {
            Subject = $"{program.Name} {FdTypeNames.All[(int)type]}",
            Culprit = process.Id,
        };
    }

    private static (ProcessSample Process, long Count)? HolderOf(VerdictInput input, ProgramAccount program, FdType type)
    {
        (ProcessSample Process, long Count)? most = null;
        if (input.Host.Snapshot is { Processes: { } table, Ownership: { } ownership })
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

    /// <summary>The most frequent kind of a type, where the type has kinds and the process was inspected.</summary>
    private static (string Kind, int Count)? MostOf(InspectedKinds kinds, FdType type)
    {
        if (type == FdType.Other)
        {
            return kinds.Others.Count == 0 ? null
                : kinds.Others.MaxBy(static each => each.Value) is var (kind, count) ? (HumanText.OtherKindOf(kind), count)
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

        // TCP sockets that are in a table are excluded.
        return kinds.InNoTable[SocketProtocol.Tcp] > kinds.Sockets[most]
            ? ("TCP sockets that were never connected or were reset", kinds.InNoTable[SocketProtocol.Tcp])
            : (HumanText.ProtocolOf(most), kinds.Sockets[most]);
    }

    private static string AdviceFor(FdType type, string pid) => type switch
    {
        FdType.DeletedFile => $"List them: fd-exporter inspect {pid}. The space of a deleted file is freed only when it is closed.",
        FdType.Inotify => "One instance can watch many files. When a user has fs.inotify.max_user_instances of them, no further process of that user can watch files.",
        FdType.Pipe => $"List them: fd-exporter inspect {pid}. Both ends of a pipe to a child process must be closed when the child has ended.",
        _ => $"List them: fd-exporter inspect {pid}. The developers must close them on every path, also after errors.",
    };
}
