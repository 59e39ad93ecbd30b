using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace FdExporter.Model;

/// <summary>Where the sockets of a process lead to, for sentences about them.</summary>
internal static class SocketTargets
{
    private const int MaxTargets = 20;

    /// <param name="sockets">The descriptors of sockets, each socket once.</param>
    internal static ImmutableArray<SocketTarget> Of(IEnumerable<FdSample> sockets)
    {
        Dictionary<(SocketProtocol Protocol, string Where, bool IsPeerClosed), int> targets = [];
        foreach (FdSample fd in sockets)
        {
            if (fd.Socket is { Protocol: not (SocketProtocol.Tcp or SocketProtocol.Mptcp) } socket && WhereOf(socket) is { } where)
            {
                bool isPeerClosed = socket.UnixState == UnixSocketState.PeerClosed;
                CollectionsMarshal.GetValueRefOrAddDefault(targets, (socket.Protocol, where, isPeerClosed), out _)++;
            }
        }

        return [.. targets
            .OrderByDescending(static each => each.Value)
            .Take(MaxTargets)
            .Select(static each => new SocketTarget(each.Key.Protocol, each.Key.Where, each.Key.IsPeerClosed, each.Value))];
    }

    /// <summary>A Unix client is named by the path that it is connected to, an accepted socket by the path at which it was accepted.</summary>
    private static string? WhereOf(SocketSample socket)
        => socket.PeerPath is { } peer ? $"to {Printable.NameOf(peer)}"
            : socket.Path is { } path ? $"on {Printable.NameOf(path)}"
            : socket.Remote is { } remote ? $"to {remote}"
            : socket.Local is { } local ? $"on {local}"
            : null;
}
