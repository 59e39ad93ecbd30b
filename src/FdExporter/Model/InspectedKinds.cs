using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>What a scan does not tell of a process's descriptors and an inspection does.</summary>
/// <param name="Sockets">By protocol.</param>
/// <param name="InNoTable">Those of them that their protocol's table does not have.</param>
/// <param name="Others">Descriptors of type <c>other</c>, by <see cref="OtherKind"/>.</param>
internal sealed record InspectedKinds(SocketProtocolCounts Sockets, SocketProtocolCounts InNoTable, IReadOnlyDictionary<string, int> Others)
{
    /// <summary>Whom it may wait for.</summary>
    internal ImmutableArray<PeerConnections> Peers { get; init; } = [];

    /// <summary>Those of them that listen on this machine.</summary>
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

    internal static InspectedKinds None { get; } = new(default, default, new Dictionary<string, int>());
}
