using FdExporter.Model;

namespace FdExporter.Scanning.Descriptors;

/// <summary>The sockets of one process that are in no TCP table, by protocol and state, during a scan.</summary>
internal sealed class OtherSockets
{
    private SocketProtocolCounts _protocols;
    private UnixSocketStateCounts _unix;

    internal ref readonly SocketProtocolCounts Protocols => ref _protocols;

    internal ref readonly UnixSocketStateCounts Unix => ref _unix;

    internal void Clear() => (_protocols, _unix) = (default, default);

    /// <param name="scan">The scan that counts.</param>
    internal void Add(in UnlistedSocket socket, uint scan)
    {
        SocketProtocol protocol = socket.Is switch
        {
            UnlistedSocket.Knowledge.NotAsked => SocketProtocol.Unknown,
            UnlistedSocket.Knowledge.WasListed => SocketProtocol.Tcp,
            _ => SocketProtocolNames.Counted(socket.Protocol),
        };
        _protocols[protocol]++;

        // Without a dump of its namespace in this scan the state may have changed.
        if (protocol == SocketProtocol.Unix && socket.UnixScan == scan)
        {
            _unix[socket.UnixState]++;
        }
    }
}
