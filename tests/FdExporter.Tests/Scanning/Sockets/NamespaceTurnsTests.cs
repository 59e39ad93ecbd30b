using FdExporter.Linux.Procfs;
using FdExporter.Linux.SockDiag;
using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Processes;
using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;
using Socket = System.Net.Sockets.Socket;

namespace FdExporter.Tests.Scanning.Sockets;

/// <summary>Which namespaces a scan reads, and which results it keeps for the others. Creates real namespaces, so it needs root.</summary>
[Needs("root", "unshare", "ip")]
public sealed class NamespaceTurnsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly ProcFs _procFs = ProcFs.Open("/proc");
    private readonly NamespaceVisitor _visitor = new();
    private readonly ProcessCollector _processes;
    private readonly SocketOwnerCollector _owners;
    private readonly TcpSocketTable _table;
    private readonly OtherNamespace _other = new();
    private readonly HashSet<int> _pids = [Environment.ProcessId];
    private ForeignNamespaces _namespaces;

    public NamespaceTurnsTests()
    {
        _table = new TcpSocketTable(_time);
        _pids.Add(_other.Pid);
        _processes = new ProcessCollector(_procFs, static process => process.Comm, _time);
        _owners = new SocketOwnerCollector(_procFs, _time);
        _namespaces = new ForeignNamespaces(_procFs, _visitor, _time);
    }

    public void Dispose()
    {
        _other.Dispose();
        _namespaces.Dispose();
        _visitor.Dispose();
        _procFs.Dispose();
    }

    [Fact]
    public void NamespaceWithoutSockets_IsNeverDumped()
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(0, Scan().Total);
            _time.Advance(ForeignNamespaces.MaxUnread);
        }

        Assert.Equal(0, Dumps);
    }

    [Fact]
    public void Namespace_IsReadAgainWhenSomethingHappened_AndNotBefore()
    {
        Socket listener = _other.Listen();
        _ = _other.Connect(listener);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal((1, 2), (Scan()[TcpState.Listen], Scan()[TcpState.Established]));
            Assert.Equal((1, TimeSpan.Zero), (Dumps, _namespaces.OldestReading));
            _time.Advance(ForeignNamespaces.MaxAge);
        }

        _ = _other.Connect(listener);
        Assert.Equal(4, Scan()[TcpState.Established]);
        _ = _other.Listen();
        Assert.Equal(2, Scan()[TcpState.Listen]);
        Assert.Equal(3, Dumps);
    }

    [Fact]
    public void Namespace_IsReadPeriodically_WhateverItsCounters()
    {
        _ = _other.Listen();
        _ = Scan();
        _time.Advance(ForeignNamespaces.MaxUnread);
        _ = Scan();
        Assert.Equal(2, Dumps);
    }

    /// <summary>Reading from a socket changes no counter, but it changes the cause.</summary>
    [Fact]
    public void NamespaceWithALeak_IsReadOnEachScan()
    {
        _ = _other.Leak(_other.Listen());
        for (int i = 1; i <= 3; i++)
        {
            Assert.Equal((1, i), (Scan()[TcpState.CloseWait], Dumps));
        }
    }

    [Fact]
    public void LeakInANamespace_WhoseTurnDoesNotCome_ShowsWithinAMinute()
    {
        ReadNoneInTurn();
        Socket listener = _other.Listen();
        _ = Scan();
        _ = _other.Leak(listener);
        Assert.Equal((0, 1), (Scan()[TcpState.CloseWait], Dumps));
        _time.Advance(ForeignNamespaces.MaxAge);
        Assert.Equal((1, 2), (Scan()[TcpState.CloseWait], Dumps));
    }

    [Fact]
    public void Turns_ComeToEachWithinAMinute_AndEvenly()
    {
        ReadNoneInTurn();
        OtherNamespace[] others = [_other, new(), new()];
        try
        {
            _pids.UnionWith(others.Select(static each => each.Pid));
            Socket[] listeners = [.. others.Select(static each => each.Listen())];
            _ = Scan();
            for (int i = 0; i < 9; i++)
            {
                _time.Advance(TimeSpan.FromSeconds(20));
                Array.ForEach(others, each => each.Connect(listeners[Array.IndexOf(others, each)]));
                _ = Scan();
                Assert.Equal(2, _table.Connections.Listeners.Span.ToArray().Count(listener => _table.Connections.AgeOf(listener.Namespace) > TimeSpan.Zero));
                Assert.Equal(i == 0 ? 20 : 40, _namespaces.OldestReading.TotalSeconds);
            }

            // At the first scan, and once in each of three minutes.
            Assert.All(others, each => Assert.Equal(4, _namespaces.Known.Single(known => known.Name == each.Name).Dumps));
        }
        finally
        {
            Array.ForEach(others[1..], static each => each.Dispose());
        }
    }

    [Fact]
    public void OutOfTime_EarlierReadings_CountForAtMostAMinute()
    {
        Socket listener = _other.Listen();
        _ = Scan();
        _ = _other.Connect(listener);
        _time.Advance(ForeignNamespaces.MaxAge);
        Assert.Equal((1, 0), (Scan(TimeSpan.Zero)[TcpState.Listen], _namespaces.Unread.Count));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, Scan(TimeSpan.Zero).Total);
        Assert.True(_namespaces.Unread.Count > 0);
        Assert.Equal((2, 0), (Scan()[TcpState.Established], _namespaces.Unread.Count));
    }

    [Fact]
    public void ClosedSocket_CountsForItsOwnerUntilItsNamespaceIsReadAgain_AndIsNotSearchedFor()
    {
        ReadNoneInTurn();
        Socket listener = _other.Listen();
        (Socket client, Socket server) = _other.Connect(listener);
        Assert.Equal((2, 0), OwnedAndUnattributed());
        client.Close();
        server.Close();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal((2, 0), OwnedAndUnattributed());
            Assert.All(_table.Rows.Span.ToArray(), static row => Assert.True(row.IsOld));
        }

        _time.Advance(ForeignNamespaces.MaxAge);
        Assert.Equal((0, 0), OwnedAndUnattributed());
    }

    [Fact]
    public void NewSocket_InANamespaceThatHasNotBeenReadSince_IsNotDead()
    {
        ReadNoneInTurn();
        Socket listener = _other.Listen();
        _ = OwnedAndUnattributed();
        _ = _other.Connect(listener);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal((0, 0), OwnedAndUnattributed());
            Assert.Equal(0, _deadSockets ?? 0);
            Assert.Equal(2, _namespaces.Newer);
        }

        _time.Advance(ForeignNamespaces.MaxAge);
        Assert.Equal((2, 0), OwnedAndUnattributed());
        Assert.Equal((0L, 0L), (_deadSockets, _namespaces.Newer));
    }

    private long? _deadSockets;

    private ForeignNamespace Known => _namespaces.Known.Single(each => each.Name == _other.Name);

    private int Dumps => Known.Dumps;

    private void ReadNoneInTurn()
    {
        _namespaces.Dispose();
        _namespaces = new ForeignNamespaces(_procFs, _visitor, _time) { MinTurn = 0 };
    }

    private TcpStateCounts Scan(TimeSpan? budget = null) => Scan(out _, budget);

    /// <summary>As if there were no other processes.</summary>
    private TcpStateCounts Scan(out ProcessTable processes, TimeSpan? budget = null)
    {
        ProcessTable all = _processes.Collect(new Deadline(_time, TimeSpan.FromMinutes(1)));
        processes = all with { Processes = [.. all.Processes.Where(process => _pids.Contains(process.Id.Pid))] };
        Assert.Equal(ReadStatus.Ok, NetNamespace.TryReadOwn(_procFs, out ulong host));
        _table.Clear();
        _namespaces.Read(processes, host, _table, new Deadline(_time, budget ?? TimeSpan.FromMinutes(1)));
        return _table.Namespaces.FirstOrDefault(each => each.Name == _other.Name)?.Sockets ?? default;
    }

    private (long Established, long Unattributed) OwnedAndUnattributed()
    {
        _ = Scan(out ProcessTable processes);
        SocketOwnership ownership = _owners.Collect(processes, _table, new Deadline(_time, TimeSpan.FromMinutes(1)));
        int own = processes.Processes.ToList().FindIndex(static process => process.Id.Pid == Environment.ProcessId);
        _deadSockets = ownership.Holdings[own]!.DeadSockets;
        return (ownership.Holdings[own]!.Sockets[TcpState.Established], ownership.Unattributed.Total);
    }
}
