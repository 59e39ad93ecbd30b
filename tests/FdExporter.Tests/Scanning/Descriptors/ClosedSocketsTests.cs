using System.Net;
using System.Net.Sockets;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using Microsoft.Extensions.Logging.Abstractions;

namespace FdExporter.Tests.Scanning.Descriptors;

/// <summary>The table of owners shrinks when most sockets have ended; what the scan still collects must be right.</summary>
public sealed class ClosedSocketsTests : IDisposable
{
    private const int Closed = 3500;
    private const int Kept = 40;

    private readonly List<Socket> _sockets = [];
    private readonly HostScanner _scanner = new("/proc", static process => process.Comm, TimeProvider.System, NullLogger<HostScanner>.Instance);

    public void Dispose()
    {
        _scanner.Dispose();
        _sockets.ForEach(static socket => socket.Dispose());
    }

    [Fact]
    public void Connections_AreThoseOfTheirProcess_AfterMostSocketsHaveEnded()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(16);

        // The kernel lists them in another order than they were opened, so those that stay are everywhere.
        for (int i = 0; i < Closed + Kept; i++)
        {
            Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(listener.LocalEndPoint!);
            _sockets.Add(client);
            _sockets.Add(listener.Accept());
        }

        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        Assert.Equal((Closed + Kept, Closed + Kept), EstablishedOf(port));
        foreach (Socket socket in _sockets.Take(2 * Closed))
        {
            // Reset, so that no TIME_WAIT is left.
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }

        for (int scan = 0; scan < 3; scan++)
        {
            Assert.Equal((Kept, Kept), EstablishedOf(port));
        }
    }

    /// <summary>Of this process, opened by it and accepted by it.</summary>
    private (long Outbound, long Inbound) EstablishedOf(int port)
    {
        HostSnapshot snapshot = _scanner.Scan(Collectors.All, new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1)));
        Assert.Null(snapshot.Outcomes.Single(static outcome => outcome.Collector == Collectors.Connections).Error);
        AddressSample[] own = [.. snapshot.Connections!.Addresses.Where(each => each.Address?.Port == port && each.Process >= 0 && snapshot.Processes!.Processes[each.Process].Id.Pid == Environment.ProcessId)];
        return (SumOf(ConnectionDirection.Outbound), SumOf(ConnectionDirection.Inbound));

        long SumOf(ConnectionDirection direction) => own.Where(each => each.Direction == direction).Sum(static each => each.States[TcpState.Established]);
    }
}
