using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>Details of a process's descriptors that only an inspection finds.</summary>
/// <param name="Sockets">By protocol.</param>
/// <param name="InNoTable">Sockets that are not in the table of their protocol.</param>
/// <param name="Others">Descriptors of type <c>other</c>, by <see cref="OtherKind"/>.</param>
internal sealed record InspectedKinds(SocketProtocolCounts Sockets, SocketProtocolCounts InNoTable, IReadOnlyDictionary<string, int> Others)
{
    /// <summary>The peers it may wait for.</summary>
    internal ImmutableArray<PeerConnections> Peers { get; init; } = [];

    /// <summary>Where its sockets other than TCP lead to, by protocol: those with most sockets first, a few of each.</summary>
    internal ImmutableArray<SocketTarget> Targets { get; init; } = [];

    /// <summary>The peers that listen on this machine.</summary>
    internal ImmutableArray<LocalServer> Servers { get; init; } = [];

    /// <summary>Whether one of them is in no table of its protocol.</summary>
    internal bool HasUnconnected
    {
        get
        {
            for (int i = 0; i < SocketProtocolCounts.Length; i++)
            {
                if (InNoTable[(SocketProtocol)i] > 0)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Where more than half of this number of sockets lead to; null if to several targets, or unknown.</summary>
    internal SocketTarget? TargetOfMost(SocketProtocol protocol, bool isPeerClosed, long of)
    {
        foreach (SocketTarget target in Targets)
        {
            if (target.Protocol == protocol && target.IsPeerClosed == isPeerClosed && target.Count * 2L > of)
            {
                return target;
            }
        }

        return null;
    }

    internal static InspectedKinds None { get; } = new(default, default, new Dictionary<string, int>());
}
