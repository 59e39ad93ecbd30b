using System.Net;
using LeakLab.Native;
using LeakLab.Peers;

namespace LeakLab.Leaks;

/// <summary>Connections to a listener whose queue is full, so that the kernel answers none of their SYNs.</summary>
internal sealed class Connecting(NetworkSettings network, StopSignal stop) : Leak
{
    private readonly HeldDescriptors _held = new();
    private LabProcess? _peer;
    private IPEndPoint? _remote;
    private int _first = -1;

    internal override IEnumerable<(string, object)> Facts =>
    [
        ("verb", "connecting"), ("count", _held.Count), ("remote", _remote!), ("family", network.Family), ("peer_pid", _peer!.Pid),
    ];

    internal override void Build()
    {
        _peer = LabProcess.Start(PeerSettings.Accept(network, PeerEnding.Begin, send: 0, greet: false).ToArguments(), stop);
        _remote = new IPEndPoint(network.LabSideAddress, _peer.ReadNumber("listening"));

        // Fills the queue.
        _first = TcpSocket.Connect(_remote);
        var pace = new Pace(network.Rate, stop);
        for (int i = 0; i < network.Count; i++)
        {
            pace.Next();
            _held.Add(TcpSocket.BeginConnect(_remote));
        }
    }

    internal override void Release() => _held.Dispose();

    public override void Dispose()
    {
        _held.Reset();
        _ = Libc.close(_first);
        _peer?.Dispose();
    }
}
