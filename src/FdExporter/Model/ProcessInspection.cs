using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace FdExporter.Model;

/// <summary>One process, descriptor by descriptor, like <c>lsof -p</c>.</summary>
internal sealed record ProcessInspection
{
    /// <summary>Maximum number of descriptors in the list; further ones are only counted by type.</summary>
    internal const int MostListed = 100_000;

    /// <summary>Unit: bytes. The same for the length of all targets: a process may have paths of 4 KB each.</summary>
    internal const int MostTargets = 8 * 1024 * 1024;

    private const int MaxPeers = 100;

    internal required DateTimeOffset TakenAt { get; init; }

    internal required ProcessSample Process { get; init; }

    /// <summary>The requested thread if it has its own descriptor table: only this table is shown. Null for the whole process.</summary>
    internal int? Thread { get; init; }

    /// <summary>The command line; it may contain secrets. Empty if access is denied.</summary>
    internal required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The user, besides root, that the kernel allows to inspect it; null if there is none or it is unknown.</summary>
    internal uint? ReadableBy { get; init; }

    /// <summary>False if its descriptors cannot be inspected; then only their number is known.</summary>
    internal required bool IsVisible { get; init; }

    /// <summary>Null if unknown.</summary>
    internal RunningProgram? Program { get; init; }

    /// <summary>What executes its code; null if unknown.</summary>
    internal ProgramRuntime? Runtime => Program?.Runtime;

    /// <summary>What would help if it is not visible.</summary>
    internal Coverage Coverage { get; init; } = Coverage.Full;

    /// <summary>By type, including those that are not listed; empty if access is denied.</summary>
    internal required FdTypeCounts Types { get; init; }

    /// <summary>The sockets of the listed descriptors, each once even if several descriptors share it: one descriptor of each.</summary>
    internal IEnumerable<FdSample> EachSocket
    {
        get
        {
            // The link contains the inode: socket:[363722].
            HashSet<string> seen = new(StringComparer.Ordinal);
            foreach (FdSample fd in Fds)
            {
                if (fd.Socket is not null && seen.Add(fd.Target))
                {
                    yield return fd;
                }
            }
        }
    }

    /// <summary>Whether every descriptor is listed. If not, the counts are too low.</summary>
    internal bool IsWhole => IsVisible && Unlisted == 0 && !IsCutShort;

    /// <summary>Each socket once; only of listed descriptors.</summary>
    internal SocketProtocolCounts Sockets => Kinds.Sockets;

    /// <summary>Those in CLOSE_WAIT that it owns.</summary>
    internal CloseWaitCauseCounts CloseWaitCauses
    {
        get
        {
            CloseWaitCauseCounts causes = default;
            foreach (FdSample fd in EachSocket)
            {
                if (fd.Socket is { Cause: { } cause, IsOwnedByAnother: false })
                {
                    causes[cause]++;
                }
            }

            return causes;
        }
    }

    /// <summary>Each socket once by protocol, and the kinds of descriptors of type <c>other</c>.</summary>
    internal InspectedKinds Kinds
    {
        get
        {
            SocketProtocolCounts sockets = default;
            SocketProtocolCounts inNoTable = default;
            Dictionary<string, int> others = [];
            foreach (FdSample fd in EachSocket)
            {
                sockets[fd.Socket!.Protocol]++;
                inNoTable[fd.Socket.Protocol] += fd.Socket.IsInNoTable ? 1 : 0;
            }

            foreach (ref readonly FdSample fd in Fds.AsSpan())
            {
                if (fd.Socket is null && OtherKind.Of(fd.Type, fd.Target) is { } kind)
                {
                    others[kind] = others.GetValueOrDefault(kind) + 1;
                }
            }

            return new InspectedKinds(sockets, inNoTable, others) { Peers = Peers, Servers = Servers, Targets = SocketTargets.Of(EachSocket) };
        }
    }

    /// <summary>Its open and half-closed connections by direction and address, largest first.</summary>
    private ImmutableArray<PeerConnections> Peers
    {
        get
        {
            Dictionary<(ConnectionDirection Direction, ConnectionAddress Address), (int Open, int HalfClosed)> peers = [];
            foreach (FdSample fd in EachSocket)
            {
                if (fd.Socket is { Protocol: SocketProtocol.Tcp, State: TcpState.Established or TcpState.SynSent or TcpState.FinWait2, Direction: { } direction, Local: { } local, Remote: { } remote } socket)
                {
                    ConnectionAddress address = ConnectionAddress.Of(direction, local, remote);
                    ref (int Open, int HalfClosed) sum = ref CollectionsMarshal.GetValueRefOrAddDefault(peers, (direction, address), out _);
                    sum = socket.State == TcpState.FinWait2 ? (sum.Open, sum.HalfClosed + 1) : (sum.Open + 1, sum.HalfClosed);
                }
            }

            return [.. peers.Select(static each => new PeerConnections(each.Key.Direction, each.Key.Address, each.Value.Open, each.Value.HalfClosed))
                .OrderByDescending(static each => each.Open + each.HalfClosed)
                .Take(MaxPeers)];
        }
    }

    /// <summary>Listeners on this machine that it is connected to.</summary>
    internal ImmutableArray<LocalServer> Servers { get; init; } = [];

    /// <summary>The same values as in a scan: only the TCP sockets that it owns. Null if not all descriptors could be listed.</summary>
    internal ProcessHoldings? Holdings
    {
        get
        {
            TcpStateCounts tcp = default;
            SocketProtocolCounts protocols = default;
            UnixSocketStateCounts unix = default;
            long? dead = 0;
            foreach (FdSample fd in EachSocket)
            {
                protocols[SocketProtocolNames.Counted(fd.Socket!.Protocol)] += fd.Socket.IsOwnedByAnother ? 0 : 1;
                if (fd.Socket is { UnixState: { } ofUnix, IsOwnedByAnother: false })
                {
                    unix[ofUnix]++;
                }

                dead += fd.Socket is { IsInNoTable: true, Protocol: SocketProtocol.Tcp or SocketProtocol.Mptcp } ? 1 : 0;
                dead = fd.Socket is { Protocol: SocketProtocol.Unknown } ? null : dead;
                if (fd.Socket is { Protocol: SocketProtocol.Tcp, State: { } state, IsOwnedByAnother: false })
                {
                    tcp[state]++;
                }
            }

            long withoutDescriptor = 0;
            foreach (SocketSample socket in RegisteredSockets())
            {
                if (socket is { Protocol: SocketProtocol.Tcp, State: { } state })
                {
                    tcp[state]++;
                    protocols[SocketProtocol.Tcp]++;
                    withoutDescriptor++;
                }
            }

            return IsWhole ? new ProcessHoldings(Types, tcp, withoutDescriptor) { DeadSockets = dead, Protocols = protocols, Unix = unix } : null;
        }
    }

    /// <summary>Sockets registered with an io_uring and without a descriptor, each once.</summary>
    private IEnumerable<SocketSample> RegisteredSockets()
    {
        if (Held.IsEmpty)
        {
            return [];
        }

        HashSet<string> known = [.. Fds.Where(static fd => fd.Socket is not null).Select(static fd => fd.Target)];
        return Held
            .Where(held => held.File is { Socket: not null } file && known.Add(file.Target))
            .Select(static held => held.File!.Value.Socket!);
    }

    /// <summary>What it holds without a descriptor, at most <see cref="MostListed"/>. Not included in any other number here.</summary>
    internal ImmutableArray<HeldSample> Held { get; init; } = [];

    /// <summary>
    /// Whether all of <see cref="Held"/> could be read. False while a ring is busy, on older kernels, and beyond the maximum list length.
    /// </summary>
    internal bool IsHeldKnown { get; init; } = true;

    /// <summary>By number, table by table.</summary>
    internal required ImmutableArray<FdSample> Fds { get; init; }

    /// <summary>Descriptors beyond <see cref="MostListed"/> and <see cref="MostTargets"/>.</summary>
    internal required int Unlisted { get; init; }

    /// <summary>Whether time ran out before the last descriptor. If so, the counts are too low.</summary>
    internal required bool IsCutShort { get; init; }
}
