using LeakLab.Native;
using LeakLab.Peers;

namespace LeakLab.Leaks;

/// <summary>A listener on a Unix socket that never accepts, and clients, of a child, that wait in its queue.</summary>
internal sealed class UnixWaiting(UnixSettings settings, int backlog, StopSignal stop) : Leak
{
    private LabProcess? _peer;
    private int _listener = -1;
    private int _queued;

    internal override IEnumerable<(string, object)> Facts =>
    [
        ("verb", "unix-waiting"), ("count", _queued), ("backlog", backlog), ("path", settings.Path), ("peer_pid", _peer!.Pid),
    ];

    internal override void Build()
    {
        _listener = UnixSocket.Listen(settings.Path, backlog);
        _peer = LabProcess.Start(UnixPeer.ToArguments(UnixPeer.Connecting, settings.Path, settings.Count), stop);
        _queued = _peer.ReadNumber("connected");
    }

    /// <summary>Accepts and closes the waiting connections; the listener stays.</summary>
    internal override void Release()
    {
        for (; _queued > 0; _queued--)
        {
            _ = Libc.close(TcpSocket.Accept(_listener));
        }
    }

    public override void Dispose()
    {
        _ = Libc.close(_listener);
        _peer?.Dispose();
        UnixSocket.Remove(settings.Path);
    }
}
