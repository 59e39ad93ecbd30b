using LeakLab.Native;
using LeakLab.Peers;

namespace LeakLab.Leaks;

/// <summary>Clients of one Unix socket, whose server, a child, keeps or closes its side of each connection.</summary>
internal sealed class UnixClients(UnixSettings settings, StopSignal stop) : Leak
{
    private readonly HeldDescriptors _held = new();
    private LabProcess? _peer;

    internal override IEnumerable<(string, object)> Facts =>
    [
        ("verb", settings.PeerCloses ? "unix-peer-closed" : "unix"), ("count", _held.Count), ("path", settings.Path), ("peer_pid", _peer!.Pid),
    ];

    internal override void Build()
    {
        _peer = LabProcess.Start(UnixPeer.ToArguments(settings.PeerCloses ? UnixPeer.Closing : UnixPeer.Holding, settings.Path, 0), stop);
        _ = _peer.ReadNumber("listening");
        for (int i = 0; i < settings.Count; i++)
        {
            int fd = UnixSocket.Connect(settings.Path);
            _held.Add(fd);

            // The server's greeting shows that it has accepted; its end, that it has closed.
            stop.WaitFor(fd);
            if (!TcpSocket.ReadByte(fd))
            {
                throw new IOException("the peer closed a connection that it should greet first");
            }

            if (settings.PeerCloses)
            {
                stop.WaitFor(fd);
                if (TcpSocket.ReadByte(fd))
                {
                    throw new IOException("the peer sent more than its greeting");
                }
            }
        }
    }

    internal override void Release() => _held.Dispose();

    public override void Dispose()
    {
        _held.Dispose();
        _peer?.Dispose();
        UnixSocket.Remove(settings.Path);
    }
}
