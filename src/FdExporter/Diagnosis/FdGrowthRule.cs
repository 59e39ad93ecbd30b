using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>
/// Programs that open descriptors of one type and do not close them: files, deleted files, pipes, epoll, inotify, sockets
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
                if (@case.GrowthOf(HistoryKey.GroupFdsOfType(program.Name, type)) is { IsSteady: true } growth
                    && growth.PerHour > @case.Thresholds.FdsGrowthPerHour && program.CountOf(type) is > 0 and { } count)
                {
                    yield return FindingOf(@case, program, type, count, growth);
                }
            }
        }
    }

    private static Finding FindingOf(Case @case, ProgramAccount program, FdType type, long count, Growth growth)
    {
        (ProcessSample Process, long Count)? holder = HolderOf(@case, program, type);
        string whoIs = "";
        string reached = "";
        string what = $"{Words.Number(count)} {Words.TypeOf(type)}";
        if (holder is { } most)
        {
            ProcessSample process = most.Process;
            whoIs = Words.Share(most.Count, count, "in", in process);
            if (type == FdType.Socket && @case.Sockets.TryGetValue(process.Id, out SocketProtocolCounts protocols))
            {
                SocketProtocol protocol = MostOf(protocols);
                what = protocols[protocol] >= count ? $"{Words.Number(count)} {Words.ProtocolOf(protocol)}"
                    : protocols[protocol] * 2L > count ? $"{what}, most of them {Words.ProtocolOf(protocol)} ({Words.Number(protocols[protocol])})"
                    : what;
            }

            if (process.Facts.Limits is { Soft: { } soft } && process.RoomToLimit is { } room && growth.TimeFor(room) is { } left)
            {
                reached = $" Its limit of {Words.Number(soft)} is reached in {Words.About(left)}.";
            }
        }

        return new Finding(
            "fds_climbing",
            Severity.Warning,
            $"{program.Name}{whoIs} holds {what}, {Words.PerHour(growth.PerHour)} for {Words.Duration(growth.Over)}: it opens them and does not close them.{reached}",
            AdviceFor(type, Words.Pid(holder?.Process.Id)))
        {
            Subject = $"{program.Name} {FdTypeNames.All[(int)type]}",
            Culprit = holder?.Process.Id,
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

    private static SocketProtocol MostOf(in SocketProtocolCounts counts)
    {
        SocketProtocol most = SocketProtocol.Udp;
        for (SocketProtocol protocol = SocketProtocol.Udp; protocol <= SocketProtocol.None; protocol++)
        {
            most = counts[protocol] > counts[most] ? protocol : most;
        }

        return most;
    }

    private static string AdviceFor(FdType type, string pid) => type switch
    {
        FdType.DeletedFile => $"The space of deleted files is not freed before they are closed. Which they are: fd-exporter inspect {pid}.",
        FdType.Inotify => "A user may have fs.inotify.max_user_instances of them, then nobody of that user can watch a file. One instance watches many files.",
        FdType.Pipe => $"Pipes to child processes have to be closed on both ends when the child has ended. Which they are: fd-exporter inspect {pid}.",
        _ => $"The developers have to close them on every path, after errors too. Which they are: fd-exporter inspect {pid}.",
    };
}
