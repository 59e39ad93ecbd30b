using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using FdExporter.Linux.Sockets;

namespace FdExporter.Model;

/// <summary>State of a Unix socket, by its peer.</summary>
internal enum UnixSocketState
{
    /// <summary>Its peer is open, or has not accepted the connection yet.</summary>
    Connected,

    /// <summary>The peer has closed the connection, this side has not: the CLOSE_WAIT of Unix sockets.</summary>
    PeerClosed,

    /// <summary>It accepts connections.</summary>
    Listening,

    /// <summary>It has no peer: it was never connected, or it sends datagrams and its peer has closed.</summary>
    Unconnected,
}

/// <summary>The label values of <c>state</c>, in the order of <see cref="UnixSocketState"/>.</summary>
internal static class UnixSocketStates
{
    internal static ImmutableArray<string> All { get; } = ["connected", "peer_closed", "listening", "unconnected"];

    internal static string NameOf(UnixSocketState state) => All[(int)state];

    /// <param name="socket">From a dump that includes the peers.</param>
    internal static UnixSocketState Of(in ListedUnixSocket socket)
        => socket.IsListening ? UnixSocketState.Listening
            : socket.Peer is null || (socket.Peer == 0 && socket.IsDatagram) ? UnixSocketState.Unconnected
            : socket.Peer == 0 && socket.IsShutDown ? UnixSocketState.PeerClosed
            : UnixSocketState.Connected;
}

/// <summary>Unix sockets by state. Unit: sockets.</summary>
[InlineArray(Length)]
internal struct UnixSocketStateCounts
{
    internal const int Length = 4;

    private int _first;

    internal int this[UnixSocketState state]
    {
        readonly get => this[(int)state];
        set => this[(int)state] = value;
    }

    internal void Add(in UnixSocketStateCounts other)
    {
        for (int state = 0; state < Length; state++)
        {
            this[state] += other[state];
        }
    }
}
