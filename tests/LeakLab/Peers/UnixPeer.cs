using System.Globalization;
using LeakLab.Native;

namespace LeakLab.Peers;

/// <summary>The other side of Unix connections: the lab's child, until its stdin closes.</summary>
internal sealed class UnixPeer(string role, string path, int count, StopSignal stop) : IDisposable
{
    /// <summary>Accepts, greets and keeps each connection, or closes it, or connects and waits to be accepted.</summary>
    internal const string Holding = "hold";
    internal const string Closing = "close";
    internal const string Connecting = "connect";

    private const int Backlog = 4096;

    private readonly HeldDescriptors _held = new();

    internal static IEnumerable<string> ToArguments(string role, string path, int count)
        => ["unix-peer", role, path, "--count", count.ToString(CultureInfo.InvariantCulture)];

    internal static int Run(string role, string path, int count)
    {
        try
        {
            File.WriteAllText("/proc/self/comm", "leaklab-peer");
            DescriptorLimit.Raise();
            using var stop = new StopSignal(duration: null, untilStdinCloses: true);
            using var peer = new UnixPeer(role, path, count, stop);
            if (role == Connecting)
            {
                peer.Connect();
            }
            else
            {
                peer.Accept();
            }

            return 0;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        catch (SystemCallException e)
        {
            Logfmt.Error($"peer: {e.Message}", ("errno", e.Errno));
            return 1;
        }
    }

    public void Dispose() => _held.Dispose();

    private void Accept()
    {
        int listener = UnixSocket.Listen(path, Backlog);
        Console.WriteLine("listening 0");
        while (true)
        {
            stop.WaitFor(listener);
            int fd = TcpSocket.Accept(listener);
            TcpSocket.Send(fd, PeerSettings.Greeting);
            if (role == Closing)
            {
                _ = Libc.close(fd);
            }
            else
            {
                _held.Add(fd);
            }
        }
    }

    private void Connect()
    {
        int connected = 0;
        for (int i = 0; i < count; i++)
        {
            stop.ThrowIfDue();
            connected += UnixSocket.TryConnect(path, out int fd) ? 1 : 0;
            _held.Add(fd);
        }

        Console.WriteLine($"connected {connected}");
        stop.Sleep(null);
    }
}
