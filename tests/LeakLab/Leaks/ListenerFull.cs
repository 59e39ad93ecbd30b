using System.Net;
using LeakLab.Native;
using LeakLab.Peers;

namespace LeakLab.Leaks;

/// <summary>A listener that never accepts, with more clients than its queue holds: the kernel drops the connections of the others.</summary>
internal sealed class ListenerFull(NetworkSettings network, int backlog, StopSignal stop) : Leak
{
    private IPEndPoint? _local;
    private LabProcess? _peer;
    private int _listener = -1;

    internal override IEnumerable<(string, object)> Facts =>
    [
        ("verb", "listener-full"), ("count", network.Count), ("backlog", backlog), ("local", _local!), ("family", network.Family), ("peer_pid", _peer!.Pid),
    ];

    internal override void Build()
    {
        _listener = TcpSocket.Listen(new IPEndPoint(network.LabSideAddress, network.Port), backlog);
        _local = new IPEndPoint(network.LabSideAddress, TcpSocket.LocalPort(_listener));
        _peer = LabProcess.Start(
            PeerSettings.Connect(network with { Port = _local.Port }, PeerEnding.Begin, send: 0, greeted: false).ToArguments(), stop);
        _ = _peer.ReadNumber("connected");
    }

    /// <summary>Closing the listener ends its queue.</summary>
    internal override void Release()
    {
        _ = Libc.close(_listener);
        _listener = -1;
    }

    public override void Dispose()
    {
        if (_listener >= 0)
        {
            Release();
        }

        _peer?.Dispose();
    }
}
