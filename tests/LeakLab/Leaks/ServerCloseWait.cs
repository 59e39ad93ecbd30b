using System.Net;
using LeakLab.Native;
using LeakLab.Peers;

namespace LeakLab.Leaks;

/// <summary>Accepted connections whose clients have closed and which the lab, the server, never closes.</summary>
internal sealed class ServerCloseWait(NetworkSettings network, FinSettings fin, StopSignal stop) : Leak
{
    private const int Backlog = 4096;

    private readonly HeldDescriptors _held = new();
    private IPEndPoint? _local;
    private LabProcess? _peer;

    internal override IEnumerable<(string, object)> Facts =>
    [
        ("verb", "server-close-wait"), ("count", _held.Count), ("local", _local!), ("family", network.Family),
        ("peer_pid", _peer!.Pid),
    ];

    internal override void Build()
    {
        int listener = TcpSocket.Listen(new IPEndPoint(network.LabSideAddress, network.Port), Backlog);
        _local = new IPEndPoint(network.LabSideAddress, TcpSocket.LocalPort(listener));
        _peer = LabProcess.Start(
            PeerSettings.Connect(
                network with { Port = _local.Port }, fin.HoldPeer ? PeerEnding.Shutdown : PeerEnding.Close, fin.Unread, greeted: true).ToArguments(),
            stop);
        for (int i = 0; i < network.Count; i++)
        {
            stop.WaitFor(listener);
            int fd = TcpSocket.Accept(listener);
            _held.Add(fd);

            // Without it the clients would be faster than this loop, overflow the accept queue and wait a second for each SYN.
            TcpSocket.Send(fd, PeerSettings.Greeting);
            fin.AwaitPeersEnd(fd, stop);
        }
    }

    internal override void Release() => _held.Dispose();

    public override void Dispose()
    {
        _held.Reset();
        _peer?.Dispose();
    }
}
