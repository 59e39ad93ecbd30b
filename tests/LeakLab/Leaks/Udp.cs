using System.Net;
using LeakLab.Native;

namespace LeakLab.Leaks;

/// <summary>UDP sockets connected to one address on loopback, as a program leaves them that asks a name server and never closes.</summary>
internal sealed class Udp(NetworkSettings network, StopSignal stop) : Leak
{
    private readonly HeldDescriptors _held = new();
    private IPEndPoint? _remote;
    private int _server = -1;

    internal override IEnumerable<(string, object)> Facts
        => [("verb", "udp"), ("count", _held.Count), ("remote", _remote!), ("family", network.Family)];

    internal override void Build()
    {
        _server = TcpSocket.BindUdp(new IPEndPoint(network.LabSideAddress, network.Port));
        _remote = new IPEndPoint(network.LabSideAddress, TcpSocket.LocalPort(_server));
        var pace = new Pace(network.Rate, stop);
        for (int i = 0; i < network.Count; i++)
        {
            pace.Next();
            _held.Add(TcpSocket.ConnectUdp(_remote));
        }
    }

    internal override void Release() => _held.Dispose();

    public override void Dispose()
    {
        _held.Dispose();
        _ = Libc.close(_server);
    }
}
