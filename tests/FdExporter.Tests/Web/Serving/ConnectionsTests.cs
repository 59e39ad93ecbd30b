using System.Net;
using FdExporter.Metrics;
using FdExporter.Web.Serving;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Web.Serving;

public class ConnectionsTests
{
    private const string Attacker = "192.0.2.66";
    private const string Other = "192.0.2.1";

    private readonly FakeTimeProvider _time = new();
    private readonly Connections _connections;

    public ConnectionsTests() => _connections = new Connections(4, new ExporterMetrics(), _time);

    [Fact]
    public void IdleOnes_MakeRoom_FirstTheSilentOfTheAddressThatHasMost()
    {
        (ConnectionLife life, Connection connection) asked = Add(Attacker);
        _ = ConnectionLife.NoteRequestAsync(ContextOf(asked.life), static _ => Task.CompletedTask);
        Connection silent = Add(Attacker).Connection;
        Connection silentToo = Add(Attacker).Connection;
        Connection keptAlive = Add(Other).Connection;
        Assert.Equal([false, false, false, false], AreClosed(asked.connection, silent, silentToo, keptAlive));
        Add("192.0.2.2");
        Assert.Equal([false, true, false, false], AreClosed(asked.connection, silent, silentToo, keptAlive));
        Add("192.0.2.3");
        Assert.Equal([false, true, true, false], AreClosed(asked.connection, silent, silentToo, keptAlive));
    }

    [Fact]
    public void Flood_TakesTheAttackersOwnPlaces()
    {
        Connection keptAlive = Add(Other).Connection;
        for (int i = 0; i < 100; i++)
        {
            Assert.True(TryAdd(Attacker, out _));
        }

        Assert.False(keptAlive.ConnectionClosed.IsCancellationRequested);
    }

    [Fact]
    public void BusyOnes_MakeRoomForAnAddressThatHasFewer_AndNotForTheirOwn()
    {
        Connection[] busy = [.. Enumerable.Range(0, 4).Select(_ => AddBusy(Attacker))];
        Assert.False(TryAdd(Attacker, out _));
        Add(Other);
        Assert.Equal(1, busy.Count(static each => each.ConnectionClosed.IsCancellationRequested));
        AddBusy(Other);
        Assert.Equal(2, busy.Count(static each => each.ConnectionClosed.IsCancellationRequested));

        // Two from each address.
        Assert.True(TryAdd(Other, out _));
        Assert.Equal(2, busy.Count(static each => each.ConnectionClosed.IsCancellationRequested));
    }

    [Fact]
    public void BusyOnes_MakeRoomForTheirOwnAddress_AfterAWhile_TheOldestFirst()
    {
        Connection[] busy = [.. Enumerable.Range(0, 4).Select(_ => AddBusy(Attacker))];
        _time.Advance(TimeSpan.FromSeconds(14));
        Assert.False(TryAdd(Attacker, out _));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(TryAdd(Attacker, out _));
        Assert.Equal([true, false, false, false], AreClosed(busy));
    }

    [Fact]
    public void TrustedOnes_Stay()
    {
        for (int i = 0; i < 4; i++)
        {
            ConnectionLife.Trust(ContextOf(Add(Attacker).Life));
        }

        Assert.False(TryAdd(Other, out _));
    }

    [Fact]
    public void ClosedOnes_LeaveTheirPlace()
    {
        Connection[] busy = [.. Enumerable.Range(0, 4).Select(_ => AddBusy(Other))];
        Assert.False(TryAdd(Other, out _));
        busy[0].Abort();
        Assert.True(TryAdd(Other, out _));
    }

    private static bool[] AreClosed(params Connection[] connections) => [.. connections.Select(static each => each.ConnectionClosed.IsCancellationRequested)];

    private (ConnectionLife Life, Connection Connection) Add(string address)
    {
        Assert.True(TryAdd(address, out (ConnectionLife, Connection) added));
        return added;
    }

    private Connection AddBusy(string address)
    {
        (ConnectionLife life, Connection connection) = Add(address);
        _ = ConnectionLife.NoteRequestAsync(ContextOf(life), static _ => new TaskCompletionSource().Task);
        return connection;
    }

    private bool TryAdd(string address, out (ConnectionLife Life, Connection Connection) added)
    {
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Connection connection = new() { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 4711) };
        added = (ConnectionLife.Begin(connection, usesReserve: false, _time), connection);
        return _connections.TryAdd(added.Life);
    }

    private static DefaultHttpContext ContextOf(ConnectionLife life)
    {
        DefaultHttpContext context = new();
        context.Features.Set(life);
        return context;
    }

    /// <summary>Its connection is closed as soon as it is aborted.</summary>
    private sealed class Connection : DefaultConnectionContext
    {
        private readonly CancellationTokenSource _closed = new();

        internal Connection() => ConnectionClosed = _closed.Token;

        public override void Abort(ConnectionAbortedException abortReason) => _closed.Cancel();
    }
}
