using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Descriptors;

/// <summary>Unix sockets: the kernel lists them with their states, so their protocol needs not be asked.</summary>
internal sealed partial class SocketOwnerCollector
{
    private readonly UnixSocketVisitor _visitUnix;

    /// <summary>Takes the state of a socket that a dump lists.</summary>
    private void VisitUnix(in ListedUnixSocket socket)
    {
        ref UnlistedSocket known = ref CollectionsMarshal.GetValueRefOrNullRef(_unlisted, (uint)socket.Inode);
        if (!Unsafe.IsNullRef(ref known))
        {
            known.Is = UnlistedSocket.Knowledge.Other;
            known.Protocol = SocketProtocol.Unix;
            (known.UnixState, known.UnixScan) = (UnixSocketStates.Of(in socket), _scan);
        }
    }

    /// <summary>The listeners of the tables whose owners were just found.</summary>
    /// <param name="readUnix">Reads the listening Unix sockets; null if these are not known.</param>
    internal ImmutableArray<ListenerSample> CollectListeners(TcpSocketTable sockets, Action<UnixSocketVisitor>? readUnix = null)
        => _listeners.Collect(sockets.Connections, _processes, IndexOfHolder, _interfaces.NameOf, readUnix, IndexOfUnixHolder);

    /// <summary>-1 if unknown.</summary>
    private int IndexOfUnixHolder(uint inode)
        => _unlisted.TryGetValue(inode, out UnlistedSocket socket) && HolderOf(in socket) is { } holder ? holder.Index : -1;
}
