using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Sockets;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Scanning.Descriptors;

public class SearchHintsTests
{
    private readonly SearchHints _hints = new();
    private readonly List<WalkedProcess?> _slots =
    [
        Process(1, "payment.service", uid: 1, fds: 5),
        Process(2, "payment.service", uid: 2, fds: 10),
        Process(3, "other.service", uid: 7, fds: 20),
        Process(4, "", uid: 8, fds: 1000),
        Process(5, "", uid: 8, fds: 30),
    ];

    [Fact]
    public void RankOf_UnownedSocketToAKnownPeer_PutsItsLastOwnerThenItsCgroupThenItsUserThenTheLargestFirst()
    {
        _hints.NoteOwner(Row(localPort: 40000, peer: 77, TcpState.Established), 0);
        _hints.Clear();
        _hints.NoteUnowned(Row(localPort: 40001, peer: 77, TcpState.CloseWait));
        Assert.Equal([0, 1, 2, 3, 4], Ranked());
    }

    [Fact]
    public void RankOf_UnownedSocketOnAListenedPort_PutsTheListenerFirst()
    {
        _hints.NoteOwner(Row(localPort: 9702, peer: 0, TcpState.Listen), 4);
        _hints.Clear();
        _hints.NoteUnowned(Row(localPort: 9702, peer: 5, TcpState.Established));
        Assert.Equal([4, 2, 3, 1, 0], Ranked());
    }

    [Fact]
    public void Clear_UnownedSockets_AreNoHintsToTheNextScan()
    {
        _hints.NoteUnowned(Row(localPort: 1, peer: 1, TcpState.Established));
        _hints.Clear();
        Assert.Equal([3, 4, 2, 1, 0], Ranked());
    }

    private static TcpSocketTable.Row Row(ushort localPort, ushort peer, TcpState state)
    {
        TcpSocketTable.Row row = new() { Inode = 1, Uid = 7, LocalPort = localPort, RemoteHash = peer };
        row.SetState(state, isMptcp: false);
        return row;
    }

    private static WalkedProcess Process(int pid, string unit, uint uid, long fds)
    {
        ProcessSample sample = Snapshots.Process(pid, "a", fds);
        sample = sample with { Facts = sample.Facts with { Uid = uid, Owner = unit.Length == 0 ? CgroupOwner.None : new CgroupOwner(unit, "", "") } };
        WalkedProcess process = new(sample.Id);
        process.Update(in sample, 0, 1);
        return process;
    }

    private List<int> Ranked()
    {
        _hints.Resolve(_slots);
        return [.. Enumerable.Range(0, _slots.Count).OrderByDescending(slot => _hints.RankOf(slot, _slots[slot]!))];
    }
}
