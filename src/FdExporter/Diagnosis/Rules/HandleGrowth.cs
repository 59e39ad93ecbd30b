using System.Collections.Immutable;
using FdExporter.Accounts;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Which handles the rise of the machine's handles consists of: the programs and kinds that rose over the same time.</summary>
/// <param name="Machine">Of all handles.</param>
/// <param name="Shares">Largest first. Files that children have inherited count for each of them, so the sum may be higher than the rise.</param>
internal sealed record HandleGrowth(Growth Machine, ImmutableArray<HandleGrowth.Share> Shares)
{
    private const int MostShares = 3;

    /// <summary>A smaller share of the rise is not worth a word.</summary>
    private const double LeastShare = 0.05;

    /// <summary>The rise that no descriptor explains, at least. Unit: handles an hour.</summary>
    internal double OutsidePerHour => Math.Max(0, Machine.PerHour - Shares.Sum(static share => share.PerHour));

    /// <returns>Null where the handles do not rise, or not all processes are known.</returns>
    internal static HandleGrowth? Of(VerdictInput input)
    {
        if (input.Host.Snapshot is not { Ownership: not null, HidesProcesses: false, Coverage.IsWholeMachine: true }
            || input.GrowthOf(HistoryKey.SystemHandles) is not { PerHour: >= 1 } machine)
        {
            return null;
        }

        IEnumerable<Share> shares =
            from program in input.Host.Accounts.Programs
            from kind in HandleKind.All
            where program.HandlesOf(kind) > 0
            let perHour = PerHourOf(input, HistoryKey.Handles(program.Name, kind), machine.Over)
            where perHour > 0
            select new Share(program, kind, perHour);
        return new HandleGrowth(machine, [.. shares.OrderByDescending(static share => share.PerHour).ThenBy(static share => share.Program.Name, StringComparer.Ordinal)]);
    }

    /// <summary><c>+4 880/h, of which +4 600/h appserver (connections to 10.0.0.7:5432, established, idle), +200/h nginx (open files)</c></summary>
    internal string TextOf(VerdictInput input)
    {
        List<string> parts = [.. Shares
            .Take(MostShares)
            .Where(share => share.PerHour >= Machine.PerHour * LeastShare)
            .Select(share => $"{HumanText.PerHour(share.PerHour)} {share.Program.Name} ({WhatOf(input, share, Machine.Over)})")];
        if (OutsidePerHour * 2 >= Machine.PerHour)
        {
            parts.Add($"{HumanText.PerHour(OutsidePerHour)} without a descriptor");
        }

        return $"{HumanText.PerHour(Machine.PerHour)}{(parts.Count == 0 ? "" : ", of which ")}{string.Join(", ", parts)}";
    }

    /// <summary>A number that is younger than the time that counts has risen for a part of it only.</summary>
    private static double PerHourOf(VerdictInput input, HistoryKey key, TimeSpan over)
        => input.GrowthOf(key) is { } growth ? growth.PerHour * Math.Min(1, growth.Over / over) : 0;

    private static string WhatOf(VerdictInput input, Share share, TimeSpan over) => share.Kind switch
    {
        { Type: { } type } => HumanText.TypeOf(type),
        { Protocol: { } protocol } => HumanText.ProtocolOf(protocol),
        { State: TcpState.Listen } => "listening sockets",
        { State: { } state } => WhatOf(input, share, state, over),
        _ => "TCP sockets without a connection",
    };

    /// <summary>With the address where most of the rise leads, if there is one.</summary>
    private static string WhatOf(VerdictInput input, Share share, TcpState state, TimeSpan over)
    {
        string what = state == TcpState.Established ? "connections" : "sockets";
        string name = state == TcpState.Established ? ", established" : $" in {TcpStateNames.All[(int)state].ToUpperInvariant()}";
        AddressGroup? address = null;
        double most = share.PerHour / 2;
        foreach (AddressGroup group in input.Host.Addresses ?? [])
        {
            if (group.Group == share.Program.Name && group.Address != GroupSample.Other && group.States[state] > 0
                && PerHourOf(input, HistoryKey.Connections(group.Group, group.Direction, group.Address), over) is var perHour && perHour > most)
            {
                (address, most) = (group, perHour);
            }
        }

        if (address is null)
        {
            return state == TcpState.Established ? "connections, established" : $"{what}{name}";
        }

        string where = address.Direction == ConnectionDirection.Outbound ? $" to {address.Address}" : $" on its port {address.Address}";
        string idle = state == TcpState.Established && address.Idle?.Of(IdleCounts.TenMinutes) * 2 > address.States[state] ? ", idle" : "";
        return state == TcpState.Established ? $"{what}{where}{name}{idle}" : $"{what}{name}{where}";
    }

    /// <param name="PerHour">Over the same time as the rise of all.</param>
    internal readonly record struct Share(ProgramAccount Program, HandleKind Kind, double PerHour);
}
