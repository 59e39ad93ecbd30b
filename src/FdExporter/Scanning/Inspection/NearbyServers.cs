using System.Runtime.InteropServices;
using FdExporter.Linux.Sockets;
using FdExporter.Scanning.Connections;

namespace FdExporter.Scanning.Inspection;

/// <summary>
/// The listeners on this machine to which one process is connected, found among the sockets of one network namespace. An
/// address is local if it is a loopback address, or if the connection has it at both ends.
/// </summary>
internal sealed class NearbyServers
{
    private const ulong Loopback = 0x7f;

    private readonly Dictionary<uint, uint> _queues = [];
    private readonly Dictionary<SocketEndpoint, Server> _servers = [];

    internal void NoteListener(in TcpSocket socket) => _queues[(uint)socket.Inode] = socket.ReceiveQueue;

    /// <summary>A connection opened by the process. Call it only after all listeners of its namespace are known.</summary>
    internal void NoteConnection(in TcpSocket socket, Listeners listeners)
    {
        if (IsHere(in socket) && listeners.Of(0, socket.Remote, socket.Interface).Inode is not 0 and var listener)
        {
            ref Server server = ref CollectionsMarshal.GetValueRefOrAddDefault(_servers, socket.Remote, out _);
            server = new Server(socket.Remote, listener, _queues.GetValueOrDefault(listener), server.Connections + 1);
        }
    }

    /// <summary>The listeners of another namespace follow.</summary>
    internal void EndNamespace() => _queues.Clear();

    /// <summary>Those with most connections.</summary>
    internal IEnumerable<Server> Largest(int count) => _servers.Values.OrderByDescending(static server => server.Connections).Take(count);

    private static bool IsHere(in TcpSocket socket)
        => (socket.Remote.IsIPv4 && ((socket.Remote.AddressLow >> 24) & 0xff) == Loopback)
            || (socket.Remote.AddressHigh == socket.Local.AddressHigh && socket.Remote.AddressLow == socket.Local.AddressLow);

    internal readonly record struct Server(SocketEndpoint Address, uint Listener, uint Queued, int Connections);
}
