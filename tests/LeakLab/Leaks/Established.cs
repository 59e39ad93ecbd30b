using System.Net;
using LeakLab.Native;
using LeakLab.Peers;

namespace LeakLab.Leaks;

/// <summary>Connections that both sides hold open: load, not a leak.</summary>
internal sealed class Established(NetworkSettings network, bool keepAlive, StopSignal stop) : Leak
{
    private readonly HeldDescriptors _held = new();
    private LabProcess? _peer;
    private IPEndPoint? _remote;

    internal override IEnumerable<(string, object)> Facts =>
    [
        ("verb", "established"), ("count", _held.Count), ("remote", _remote!), ("family", network.Family), ("peer_pid", _peer!.Pid),
    ];

    internal override void Build()
    {
        _peer = LabProcess.Start(PeerSettings.Accept(network, PeerEnding.Hold, send: 0, greet: true).ToArguments(), stop);
        _remote = new IPEndPoint(network.LabSideAddress, _peer.ReadNumber("listening"));
        var pace = new Pace(network.Rate, stop);
        for (int i = 0; i < network.Count; i++)
        {
            pace.Next();
            int fd = TcpSocket.Connect(_remote);
            _held.Add(fd);
            if (keepAlive)
            {
                TcpSocket.KeepAlive(fd);
            }

            // The greeting shows that the peer has accepted: a connection in its queue would have no owner yet.
            stop.WaitFor(fd);
            if (!TcpSocket.ReadByte(fd))
            {
                throw new IOException("the peer closed a connection that it should hold");
            }
        }
    }

    internal override void Release() => _held.Dispose();

    public override void Dispose()
    {
        _held.Reset();
        _peer?.Dispose();
    }
}
