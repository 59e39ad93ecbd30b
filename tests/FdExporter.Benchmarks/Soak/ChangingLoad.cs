using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace FdExporter.Benchmarks.Soak;

/// <summary>
/// A machine with a changing load: programs with leaks of each kind, in this and in their own network namespaces, connections
/// and CLOSE_WAIT of this process, and short-lived processes. The sequence is random, but the same on each run.
/// </summary>
internal sealed class ChangingLoad : SoakLoad
{
    private const int MostLabs = 6;
    private const int MostConnections = 200;

    private static readonly string[][] s_labs =
    [
        ["close-wait", "--count", "60", "--hold-peer", "--name", "appserver"],
        ["close-wait", "--count", "30", "--hold-peer", "--no-read", "--family", "ipv6"],
        ["server-close-wait", "--count", "40", "--hold-peer", "--name", "front"],
        ["not-accepted", "--count", "10", "--name", "stuck"],
        ["established", "--count", "150", "--family", "mapped"],
        ["fds", "--type", "pipe", "--type", "eventfd", "--type", "deleted_file", "--type", "unix", "--count", "80", "--name", "leaker"],
        ["processes", "--processes", "15", "--fds", "30"],
    ];

    private readonly Random _random = new(11342);
    private readonly List<(Lab Lab, bool IsInNamespace)> _labs = [];
    private readonly List<Socket> _sockets = [];
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private Task _change = Task.CompletedTask;
    private int _changes;

    internal ChangingLoad()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(MostConnections);
    }

    internal override int Namespaces => _labs.Count(static each => each.IsInNamespace);

    internal override int Changes => _changes;

    internal override IReadOnlyList<int> Pids => [.. _labs.Select(static each => each.Lab.Pid)];

    /// <summary>Starts the next change when the previous one is done.</summary>
    internal override void Change()
    {
        if (_change.IsFaulted)
        {
            _change.GetAwaiter().GetResult();
        }

        if (_change.IsCompleted)
        {
            _changes++;
            int what = _random.Next(8);
            int which = _random.Next(s_labs.Length);
            _change = Task.Run(() => Change(what, which));
        }
    }

    internal override Task StandStillAsync() => _change;

    internal override async Task ClearAsync()
    {
        await StandStillAsync().ConfigureAwait(false);
        _labs.ForEach(static each => each.Lab.Dispose());
        _labs.Clear();
        CloseConnections();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        _listener.Dispose();
    }

    private void Change(int what, int which)
    {
        switch (what)
        {
            case 0 or 1:
                Start(which, isInNamespace: false);
                break;
            case 2:
                Start(which, isInNamespace: true);
                break;
            case 3:
                EndOldest();
                break;
            case 4 or 5:
                OpenConnections(5 + (which * 3));
                break;
            case 6:
                CloseConnections();
                break;
            default:
                RunShortly();
                break;
        }
    }

    private void Start(int which, bool isInNamespace)
    {
        if (_labs.Count == MostLabs)
        {
            EndOldest();
        }

        _labs.Add((isInNamespace ? Lab.StartInNamespace(s_labs[which]) : Lab.Start(s_labs[which]), isInNamespace));
    }

    private void EndOldest()
    {
        if (_labs.Count > 0)
        {
            _labs[0].Lab.Dispose();
            _labs.RemoveAt(0);
        }
    }

    /// <summary>The peer of every second connection is closed, so that it stays in CLOSE_WAIT until it is closed too.</summary>
    private void OpenConnections(int count)
    {
        for (int i = 0; i < count && _sockets.Count < MostConnections; i++)
        {
            Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(_listener.LocalEndPoint!);
            Socket server = _listener.Accept();
            _sockets.Add(client);
            _sockets.Add(server);
            if (i % 2 == 0)
            {
                server.Shutdown(SocketShutdown.Send);
            }
        }
    }

    // Closed with a reset: a TIME_WAIT would disappear by itself a minute later.
    private void CloseConnections()
    {
        foreach (Socket socket in _sockets)
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }

        _sockets.Clear();
    }

    private static void RunShortly()
    {
        using Process process = Process.Start("sh", ["-c", "for i in 1 2 3 4 5; do /bin/sleep 0.02 & done; wait"]);
        process.WaitForExit();
    }
}
