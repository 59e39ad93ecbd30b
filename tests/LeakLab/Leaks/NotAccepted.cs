using System.Globalization;
using System.Net;
using LeakLab.Native;
using LeakLab.Peers;

namespace LeakLab.Leaks;

/// <summary>A listener that never accepts: clients connect and close, and their connections stay in its queue, without an inode.</summary>
internal sealed class NotAccepted(NetworkSettings network, StopSignal stop) : Leak
{
    private IPEndPoint? _local;
    private LabProcess? _peer;
    private int _listener = -1;
    private int _queued;

    internal override IEnumerable<(string, object)> Facts =>
    [
        ("verb", "not-accepted"), ("count", _queued), ("local", _local!), ("family", network.Family), ("peer_pid", _peer!.Pid),
    ];

    internal override void Build()
    {
        int most = int.Parse(File.ReadAllText("/proc/sys/net/core/somaxconn"), CultureInfo.InvariantCulture);
        if (network.Count > most)
        {
            throw new IOException($"--count {network.Count} is more than an accept queue may hold, net.core.somaxconn={most}");
        }

        _listener = TcpSocket.Listen(new IPEndPoint(network.LabSideAddress, network.Port), network.Count);
        _local = new IPEndPoint(network.LabSideAddress, TcpSocket.LocalPort(_listener));
        _peer = LabProcess.Start(
            PeerSettings.Connect(network with { Port = _local.Port }, PeerEnding.Close, send: 0, greeted: false).ToArguments(), stop);
        _queued = _peer.ReadNumber("connected");
    }

    /// <summary>Accepts and closes the waiting connections; the listener stays, as in a program that has recovered.</summary>
    internal override void Release()
    {
        for (; _queued > 0; _queued--)
        {
            _ = Libc.close(TcpSocket.Accept(_listener));
        }
    }

    /// <summary>Closing the listener resets the connections in its queue.</summary>
    public override void Dispose()
    {
        _ = Libc.close(_listener);
        _peer?.Dispose();
    }
}
