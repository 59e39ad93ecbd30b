using FdExporter.Linux.Sockets;

namespace FdExporter.Scanning.Connections;

/// <summary>Values of a socket in CLOSE_WAIT from each dump, in addition to its row. 72 bytes.</summary>
internal struct CloseWaitRow
{
    /// <summary>Identifies the socket for as long as it lives.</summary>
    internal ulong Key;
    internal ulong RemoteHigh;
    internal ulong RemoteLow;
    internal ulong LocalHigh;
    internal ulong LocalLow;

    /// <summary>0 if not accepted yet.</summary>
    internal uint Inode;
    internal uint Interface;

    /// <summary>Equal for sockets of one namespace.</summary>
    internal int Namespace;

    /// <summary>See <see cref="CloseWaitTraces"/>.</summary>
    internal uint ReceiveQueue;
    internal uint SendQueue;
    internal ushort RemotePort;
    internal ushort LocalPort;
    internal bool IsMptcp;

    internal readonly SocketEndpoint Local => new(LocalHigh, LocalLow, LocalPort);
}
