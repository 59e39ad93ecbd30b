using FdExporter.Accounts;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Processes that open sockets of one protocol and do not close them; TCP has its own rules.</summary>
internal static class SocketGrowthRule
{
    internal static IEnumerable<Finding> Find(VerdictInput input, ProgramAccount program)
    {
        foreach ((SocketProtocol protocol, (ProcessSample Process, long Count) holder, Climb climb) in Climbing(input.Host, program, input.History))
        {
            if (climb.CertaintyFor(FdGrowthRule.RoomOf(holder.Process)) is not Certainty.None and var certainty)
            {
                string what = $"{HumanText.Number(holder.Count)} {HumanText.ProtocolOf(protocol)}{WhereOf(input, holder, protocol, isPeerClosed: false)}";
                long all = program.Protocols[protocol] - (protocol == SocketProtocol.Unix ? program.Unix[UnixSocketState.PeerClosed] : 0);
                yield return FdGrowthRule.FindingOf(input, program, holder, climb, certainty, (what, all)) with
                {
                    Subject = $"{program.Name} {SocketProtocolNames.All[(int)protocol]}",
                    Program = program.Name,
                    Rising = HistoryKey.LargestOfProtocol(program.Name, protocol),
                };
            }
        }
    }

    /// <summary>The protocols whose sockets climb, with the process that holds most.</summary>
    internal static IEnumerable<(SocketProtocol Protocol, (ProcessSample Process, long Count) Holder, Climb Climb)> Climbing(
        GroupedHost host, ProgramAccount program, HostHistory history)
    {
        for (SocketProtocol protocol = SocketProtocol.Mptcp; protocol < SocketProtocol.Unknown; protocol++)
        {
            SocketProtocol which = protocol;
            if (program.Protocols[which] > 0 && history.GrowthOf(HistoryKey.LargestOfProtocol(program.Name, which)) is { Climb.IsClimbing: true } growth
                && FdGrowthRule.HolderOf(host, program, holdings => holdings.CountOf(which)) is { } holder)
            {
                yield return (which, holder, growth.Climb);
            }
        }
    }

    /// <summary><c> to 127.0.0.53:53</c> where the process was inspected and most of these sockets lead there.</summary>
    internal static string WhereOf(VerdictInput input, (ProcessSample Process, long Count) holder, SocketProtocol protocol, bool isPeerClosed)
        => input.Inspected.TryGetValue(holder.Process.Id, out InspectedKinds? kinds) && kinds.TargetOfMost(protocol, isPeerClosed, holder.Count) is { } target
            ? $"{(target.Count < holder.Count ? ", most of them" : "")} {target.Where}"
            : "";
}
