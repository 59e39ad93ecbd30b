using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace FdExporter.Model;

/// <summary>One process, descriptor by descriptor: what <c>lsof -p</c> would say.</summary>
internal sealed record ProcessInspection
{
    /// <summary>So many descriptors are listed; beyond that they are counted by type only.</summary>
    internal const int MostListed = 100_000;

    /// <summary>Unit: bytes. Likewise beyond so much of what they lead to: whoever holds them may have made paths of four kilobytes each.</summary>
    internal const int MostTargets = 8 * 1024 * 1024;

    private const int MostPeers = 100;

    internal required DateTimeOffset TakenAt { get; init; }

    internal required ProcessSample Process { get; init; }

    /// <summary>The thread with a descriptor table of its own that was asked for: only that table is shown. Null for the whole process.</summary>
    internal int? Thread { get; init; }

    /// <summary>The command line; it may hold secrets. Empty where it may not be read.</summary>
    internal required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The user whom the kernel lets look into it as its own, beside root; null where there is none, or it cannot be told.</summary>
    internal uint? ReadableBy { get; init; }

    /// <summary>False where its descriptors may not be looked into: then only their number is known.</summary>
    internal required bool IsVisible { get; init; }

    /// <summary>What would help where it is not visible.</summary>
    internal Coverage Coverage { get; init; } = Coverage.Full;

    /// <summary>By type, those that are not listed included; nothing where access is denied.</summary>
    internal required FdTypeCounts Types { get; init; }

    /// <summary>
    /// The sockets that the listed descriptors lead to, each once, however many descriptors lead there: one descriptor of each.
    /// </summary>
    internal IEnumerable<FdSample> EachSocket
    {
        get
        {
            // The link names the inode: socket:[363722].
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

    /// <summary>Whether every descriptor is listed: else what is counted of them is less than there is.</summary>
    internal bool IsWhole => IsVisible && Unlisted == 0 && !IsCutShort;

    /// <summary>Each socket once; of the descriptors that are listed.</summary>
    internal SocketProtocolCounts Sockets => Kinds.Sockets;

    /// <summary>Those of them in CLOSE_WAIT that it is the owner of.</summary>
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

    /// <summary>Each socket once by protocol, and what the descriptors of other types are.</summary>
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

            return new InspectedKinds(sockets, inNoTable, others) { Peers = Peers, Servers = Servers };
        }
    }

    /// <summary>Its open and half-closed connections by direction and address, the most first.</summary>
    private ImmutableArray<PeerConnections> Peers
    {
        get
        {
            Dictionary<(ConnectionDirection Direction, IpEndpoint Address), (int Open, int HalfClosed)> peers = [];
            foreach (FdSample fd in EachSocket)
            {
                if (fd.Socket is { Protocol: SocketProtocol.Tcp, State: TcpState.Established or TcpState.SynSent or TcpState.FinWait2, Direction: { } direction, Local: { } local, Remote: { } remote } socket)
                {
                    IpEndpoint address = direction == ConnectionDirection.Outbound ? remote : new IpEndpoint(0, 0, local.Port, local.Interface);
                    ref (int Open, int HalfClosed) sum = ref CollectionsMarshal.GetValueRefOrAddDefault(peers, (direction, address), out _);
                    sum = socket.State == TcpState.FinWait2 ? (sum.Open, sum.HalfClosed + 1) : (sum.Open + 1, sum.HalfClosed);
                }
            }

            return [.. peers.Select(static each => new PeerConnections(each.Key.Direction, each.Key.Address, each.Value.Open, each.Value.HalfClosed))
                .OrderByDescending(static each => each.Open + each.HalfClosed)
                .Take(MostPeers)];
        }
    }

    /// <summary>What listens on this machine where it is connected to.</summary>
    internal ImmutableArray<LocalServer> Servers { get; init; } = [];

    /// <summary>As a scan has them: of the TCP sockets those that it is the owner of. Null where not all descriptors could be listed.</summary>
    internal ProcessHoldings? Holdings
    {
        get
        {
            TcpStateCounts tcp = default;
            long? dead = 0;
            foreach (FdSample fd in EachSocket)
            {
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
                    withoutDescriptor++;
                }
            }

            return IsWhole ? new ProcessHoldings(Types, tcp, withoutDescriptor) { DeadSockets = dead } : null;
        }
    }

    /// <summary>The sockets that are registered with an io_uring and are no descriptors, each once.</summary>
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

    /// <summary>What it holds without a descriptor, no more than <see cref="MostListed"/>; in no other number here.</summary>
    internal ImmutableArray<HeldSample> Held { get; init; } = [];

    /// <summary>Whether all of <see cref="Held"/> could be read: not while a ring is busy, on an older kernel, nor beyond what is listed.</summary>
    internal bool IsHeldKnown { get; init; } = true;

    /// <summary>In the order of their numbers, table by table.</summary>
    internal required ImmutableArray<FdSample> Fds { get; init; }

    /// <summary>Descriptors beyond <see cref="MostListed"/> and <see cref="MostTargets"/>.</summary>
    internal required int Unlisted { get; init; }

    /// <summary>Whether time ran out before the last descriptor: then there are more than are counted here.</summary>
    internal required bool IsCutShort { get; init; }
}
