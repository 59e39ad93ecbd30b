using System.Net;
using LeakLab.Native;

namespace LeakLab.Workers;

/// <summary>A listener and connections to it; this process holds both ends.</summary>
internal sealed class OwnConnections
{
    /// <summary>More would wait for room in the accept queue.</summary>
    private const int MostAtOnce = 512;
    private const int Backlog = 1024;

    private readonly (int Client, int Server)[] _pairs;
    private readonly int[] _order;
    private readonly int _listener;
    private readonly IPEndPoint _local;
    private int _replaced;

    internal OwnConnections(int count)
    {
        _listener = TcpSocket.Listen(new IPEndPoint(IPAddress.Loopback, 0), Backlog);
        _local = new IPEndPoint(IPAddress.Loopback, TcpSocket.LocalPort(_listener));
        _pairs = new (int, int)[count];

        // Always in the same order, so that each has the same lifetime; not in the order of numbers, since connections come and go.
        _order = [.. Enumerable.Range(0, count)];
        new Random(11342).Shuffle(_order);
        for (int i = 0; i < count; i++)
        {
            _pairs[i] = Open();
        }
    }

    /// <summary>Closes this many, with a reset, and then opens as many: they reuse the numbers, but in another order.</summary>
    internal void Replace(int count)
    {
        while (count > 0)
        {
            int now = Math.Min(Math.Min(count, MostAtOnce), _pairs.Length);
            for (int i = 0; i < now; i++)
            {
                (int client, int server) = _pairs[Index(i)];
                TcpSocket.ResetOnClose(client);
                _ = Libc.close(client);
                _ = Libc.close(server);
            }

            for (int i = 0; i < now; i++)
            {
                _pairs[Index(i)] = Open();
            }

            _replaced = (_replaced + now) % _pairs.Length;
            count -= now;
        }
    }

    /// <summary>Like a health check that the server answers and closes: a TIME_WAIT stays for a minute.</summary>
    internal void Probe()
    {
        (int client, int server) = Open();
        TcpSocket.Send(client, "?"u8);
        _ = TcpSocket.ReadByte(server);
        TcpSocket.Send(server, "."u8);
        _ = Libc.close(server);
        while (TcpSocket.ReadByte(client))
        {
        }

        _ = Libc.close(client);
    }

    /// <summary>With a reset.</summary>
    internal void CloseAll()
    {
        foreach ((int client, int server) in _pairs)
        {
            TcpSocket.ResetOnClose(client);
            _ = Libc.close(client);
            _ = Libc.close(server);
        }
    }

    private int Index(int i) => _order[(_replaced + i) % _order.Length];

    private (int Client, int Server) Open()
    {
        int client = TcpSocket.Connect(_local);
        return (client, TcpSocket.Accept(_listener));
    }
}
