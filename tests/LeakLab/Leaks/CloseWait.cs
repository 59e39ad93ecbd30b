using System.Diagnostics;
using System.Net;
using LeakLab.Native;
using LeakLab.Peers;

namespace LeakLab.Leaks;

/// <summary>
/// Outgoing connections that the peer has closed and the lab never closes. They are read to their end unless an option says
/// otherwise; then the FIN, or bytes and the FIN, wait in the receive queue.
/// </summary>
internal sealed class CloseWait(NetworkSettings network, FinSettings fin, string heldBy, double? grow, StopSignal stop) : Leak
{
    /// <summary>Descriptors that growth leaves free for the runtime and the peer.</summary>
    private const int Spare = 100;

    private readonly HeldDescriptors _held = new();
    private LabProcess? _peer;
    private IPEndPoint? _remote;

    internal override IEnumerable<(string, object)> Facts =>
    [
        ("verb", "close-wait"), ("count", _held.Count == 0 ? 0 : network.Count), ("remote", _remote!), ("family", network.Family), ("peer_pid", _peer!.Pid),
    ];

    internal override void Build()
    {
        _peer = LabProcess.Start(
            PeerSettings.Accept(network, fin.HoldPeer ? PeerEnding.Shutdown : PeerEnding.Close, fin.Unread, greet: false).ToArguments(), stop);
        _remote = new IPEndPoint(network.LabSideAddress, _peer.ReadNumber("listening"));
        var pace = new Pace(network.Rate, stop);
        for (int i = 0; i < network.Count; i++)
        {
            pace.Next();
            Add();
        }

        if (heldBy != UndescribedFiles.ByDescriptor)
        {
            _held.HoldBy(heldBy);
        }
    }

    internal override void Live(TimeSpan? time, StopSignal stop)
    {
        long start = Stopwatch.GetTimestamp();
        if (grow is double rate)
        {
            int most = DescriptorLimit.Current() - Spare;
            for (var pace = new Pace(rate, stop); _held.Count < most && !(Stopwatch.GetElapsedTime(start) >= time);)
            {
                pace.Next();
                Add();
            }
        }

        base.Live(time - Stopwatch.GetElapsedTime(start), stop);
    }

    internal override void Release() => _held.Dispose();

    private void Add()
    {
        int fd = TcpSocket.Connect(_remote!);
        _held.Add(fd);
        fin.AwaitPeersEnd(fd, stop);
    }

    public override void Dispose()
    {
        _held.Reset();
        _peer?.Dispose();
    }
}
