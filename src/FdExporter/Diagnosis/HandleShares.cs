using System.Collections.Immutable;
using FdExporter.Accounts;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>The machine's handles by program. The parts never exceed the whole.</summary>
/// <param name="Largest">The programs that hold most of them, largest first.</param>
/// <param name="Others">Of all other programs.</param>
/// <param name="OtherPrograms">Their number.</param>
/// <param name="Without">The rest: mapped files, sockets in flight, the kernel's own. 0 if the parts are estimated.</param>
/// <param name="IsEstimated">Whether shared descriptors had to be discounted.</param>
/// <param name="IsAtLeast">Whether descriptors that several processes may share make <paramref name="Without"/> look smaller.</param>
internal sealed record HandleShares(ImmutableArray<HandleShare> Largest, long Others, int OtherPrograms, long Without, bool IsEstimated, bool IsAtLeast)
{
    private const int MostPrograms = 8;

    /// <summary>A sum that is higher by less results from counting handles and descriptors at different moments.</summary>
    private const double Noise = 0.01;

    /// <summary>Why the handles cannot be split by program; null if they can.</summary>
    internal static string? ObstacleOf(HostSnapshot snapshot) => snapshot switch
    {
        { Coverage.IsWholeMachine: false } => "The number is for the whole machine, but the exporter sees only the processes of its container or guest. So the programs that hold the handles are not known.",
        { Coverage.IsWholeMachine: null } => "It is not known whether the exporter sees all processes of the machine. So the programs that hold the handles are not known.",
        { HidesProcesses: true } => "Processes of other users are hidden from the exporter. So the programs that hold the handles are not known.",
        { Processes: null } => "The programs that hold the handles are not known: the collector process failed or is switched off.",
        { Ownership: null } => "The programs that hold the handles are not known: the collector socket_owner failed or is switched off.",
        _ => null,
    };

    /// <returns>Null where they cannot be split.</returns>
    internal static HandleShares? Of(GroupedHost host)
    {
        if (host.Snapshot.FileHandles is not { } handles || ObstacleOf(host.Snapshot) is not null)
        {
            return null;
        }

        double all = Math.Min(handles.Allocated, long.MaxValue);
        List<Held> held = [.. host.Accounts.Programs.Select(HeldOf).Where(static each => each.Most > 0)];
        double excess = held.Sum(static each => each.Most) - all;
        double spread = held.Sum(static each => each.Spread);

        // All processes of a program may share their descriptors, or none; as much is discounted as is needed. Then programs may share
        // some with each other. Sockets are discounted last: each of them was counted once.
        double discount = PartOf(excess, spread);
        double others = held.Sum(each => each.Rest - (each.Spread * discount));
        double kept = 1 - PartOf(excess - spread, others);
        double sockets = 1 - PartOf(excess - spread - others, held.Sum(static each => each.Sockets));
        List<HandleShare> shares = [.. held
            .Select(each => ShareOf(each.Program, (each.Sockets * sockets) + ((each.Rest - (each.Spread * discount)) * kept)))
            .OrderByDescending(static share => share.Handles)
            .ThenBy(static share => share.Program, StringComparer.Ordinal)];
        long without = (long)all - shares.Sum(static share => share.Handles);
        bool isEstimated = excess > all * Noise;
        return new HandleShares(
            [.. shares.Take(MostPrograms)],
            shares.Skip(MostPrograms).Sum(static share => share.Handles),
            Math.Max(0, shares.Count - MostPrograms),
            excess > 0 ? 0 : without,
            isEstimated,
            IsAtLeast: excess <= 0 && spread * 10 > without);
    }

    private static Held HeldOf(ProgramAccount program)
    {
        double sockets = program.Sockets.Total + (program.DeadSockets ?? 0);
        double rest = program.OpenFds is { } open ? Math.Max(0, open - program.Types[FdType.Socket]) : 0;
        foreach (HandleKind kind in HandleKind.All)
        {
            sockets += kind.Protocol is null ? 0 : program.HandlesOf(kind);
            rest += kind.Type is null || program.OpenFds is not null ? 0 : program.HandlesOf(kind);
        }

        return new Held(program, sockets, rest, rest - (rest / Math.Max(program.ProcessCount, 1)));
    }

    /// <summary>The part of the whole to take away, from nothing to all of it.</summary>
    private static double PartOf(double excess, double whole) => excess > 0 && whole > 0 ? Math.Min(1, excess / whole) : 0;

    private static HandleShare ShareOf(ProgramAccount program, double handles)
    {
        long idle = program.AddressTotals.Sum(static total => total.Idle.Of(IdleCounts.TenMinutes));
        return new HandleShare(
            program.Name,
            (long)handles,
            Math.Min((long)handles, program.Sockets[TcpState.CloseWait]),
            Math.Min((long)handles, idle),
            program.OpenFds is > 0 and { } open ? Math.Min(1, handles / open) : 1);
    }

    /// <param name="Rest">Descriptors that are not sockets, each process by itself.</param>
    /// <param name="Spread">How many fewer there are if the processes of the program share all of them.</param>
    private readonly record struct Held(ProgramAccount Program, double Sockets, double Rest, double Spread)
    {
        internal double Most => Sockets + Rest;
    }
}
