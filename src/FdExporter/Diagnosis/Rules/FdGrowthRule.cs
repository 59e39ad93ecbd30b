using FdExporter.Accounts;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>
/// Processes that open descriptors of one type and do not close them: files, deleted files, pipes, epoll, inotify, sockets
/// that are not TCP, by protocol. TCP sockets rise and fall with the load, or are in CLOSE_WAIT.
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
                IReadOnlyList<Finding> byProtocol = type == FdType.Socket ? [.. SocketGrowthRule.Find(input, program)] : [];
                foreach (Finding finding in byProtocol)
                {
                    yield return finding;
                }

                if (byProtocol.Count == 0 && input.GrowthOf(HistoryKey.LargestOfType(program.Name, type)) is { Climb.IsClimbing: true } growth
                    && HolderOf(input.Host, program, holdings => type == FdType.Socket ? holdings.OtherSockets : holdings.Types[type]) is { } holder
                    && growth.Climb.CertaintyFor(RoomOf(holder.Process)) is not Certainty.None and var certainty)
                {
                    string what = WhatOf(input, type, holder);
                    yield return FindingOf(input, program, holder, growth.Climb, certainty, (what, program.CountOf(type))) with
                    {
                        Advice = AdviceFor(type, HumanText.Pid(holder.Process.Id)),
                        Subject = $"{program.Name} {FdTypeNames.All[(int)type]}",
                        Program = program.Name,
                        OpenedBy = LeakSite.CallOf(type),
                        Rising = HistoryKey.LargestOfType(program.Name, type),
                    };
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

        return $"it opens them and does not close them{Forecast.TextOf(Forecast.Of(input, in process))}.";
    }

    /// <param name="held">Name and number of what this process holds, and the number in all processes; null if unknown.</param>
    internal static Finding FindingOf(
        VerdictInput input, ProgramAccount program, (ProcessSample Process, long Count) holder, in Climb climb, Certainty certainty, (string What, long? InAll) held)
    {
        ProcessSample process = holder.Process;
        string others = program.ProcessCount > 1 && held.InAll is { } all && all > holder.Count
            ? $" ({HumanText.Number(all)} in all its {HumanText.Number(program.ProcessCount)} processes)"
            : "";
        return new Finding(
            "fds_climbing",
            SeverityOf(climb, certainty, RoomOf(process), input.Thresholds),
            $"{program.Name} ({HumanText.WhoIs(in process)}) holds {held.What}{others}, {HumanText.PerHour(climb.PerHour)} over the last {HumanText.Duration(climb.Over)}: {ConclusionOf(input, in process, certainty)}",
            AdviceFor(FdType.Socket, HumanText.Pid(process.Id)))
        {
            Culprit = process.Id,
            OpenedBy = LeakSite.CallOf(FdType.Socket),
            TimeToLimit = certainty == Certainty.Proven ? Forecast.Of(input, in process)?.Left : null,
        };
    }

    private static string WhatOf(VerdictInput input, FdType type, (ProcessSample Process, long Count) holder)
    {
        string what = $"{HumanText.Number(holder.Count)} {HumanText.TypeOf(type)}";
        return input.Inspected.TryGetValue(holder.Process.Id, out InspectedKinds? kinds) && MostOf(kinds, type) is (string kind, var ofKind)
            ? ofKind >= holder.Count ? $"{HumanText.Number(holder.Count)} {kind}"
                : ofKind * 2L > holder.Count ? $"{what}, most of them {kind} ({HumanText.Number((long)ofKind)})"
                : what
            : what;
    }

    /// <summary>The process of a program that holds most, and how many.</summary>
    internal static (ProcessSample Process, long Count)? HolderOf(GroupedHost host, ProgramAccount program, Func<ProcessHoldings, long> countOf)
    {
        (ProcessSample Process, long Count)? most = null;
        if (host.Snapshot is { Processes: { } table, Ownership: { } ownership })
        {
            foreach (int i in program.Processes)
            {
                if (ownership.Holdings[i] is { } holdings && countOf(holdings) is var count && count > (most?.Count ?? 0))
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
