using System.Net;
using LeakLab.Native;

namespace LeakLab.Peers;

/// <summary>The program of the lab's child until its stdin closes.</summary>
internal sealed class Peer(PeerSettings settings, StopSignal stop) : IDisposable
{
    private const int Backlog = 4096;

    /// <summary>With the default of 60 s, one in ten thousand orphans ends with a reset.</summary>
    private static readonly TimeSpan s_orphanTime = TimeSpan.FromSeconds(120);

    private readonly HeldDescriptors _held = new();
    private readonly byte[] _payload = new byte[settings.Send];

    internal static int Run(PeerSettings settings)
    {
        try
        {
            File.WriteAllText("/proc/self/comm", "leaklab-peer");
            DescriptorLimit.Raise();
            using var stop = new StopSignal(duration: null, untilStdinCloses: true);
            using var peer = new Peer(settings, stop);
            if (settings.Role == PeerSettings.Accepting)
            {
                peer.Accept();
            }
            else
            {
                peer.Connect();
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
        bool accepts = settings.Ending != PeerEnding.Begin;
        int listener = TcpSocket.Listen(new IPEndPoint(settings.Address, settings.Port), accepts ? Backlog : 0);
        Console.WriteLine($"listening {TcpSocket.LocalPort(listener)}");
        if (!accepts)
        {
            stop.Sleep(null);
        }

        while (true)
        {
            stop.WaitFor(listener);
            int fd = TcpSocket.Accept(listener);
            if (settings.Greet)
            {
                TcpSocket.Send(fd, PeerSettings.Greeting);
            }

            Finish(fd);
        }
    }

    private void Connect()
    {
        var remote = new IPEndPoint(settings.Address, settings.Port);
        var pace = new Pace(settings.Rate, stop);
        for (int i = 0; i < settings.Count; i++)
        {
            pace.Next();
            if (settings.Ending == PeerEnding.Begin)
            {
                _held.Add(TcpSocket.BeginConnect(remote));
                continue;
            }

            int fd = TcpSocket.Connect(remote);
            if (settings.Greet)
            {
                // Read before closing: a close with unread bytes is a reset, not a FIN.
                stop.WaitFor(fd);
                _ = TcpSocket.ReadByte(fd);
            }

            Finish(fd);
        }

        Console.WriteLine($"connected {settings.Count}");
        stop.Sleep(null);
    }

    private void Finish(int fd)
    {
        TcpSocket.Send(fd, _payload);
        if (settings.Ending == PeerEnding.Close)
        {
            TcpSocket.StayInFinWait2(fd, s_orphanTime);
            _ = Libc.close(fd);
            return;
        }

        _held.Add(fd);
        if (settings.Ending == PeerEnding.Shutdown)
        {
            _ = SystemCallException.Check(Libc.shutdown(fd, Libc.SHUT_WR), "shutdown");
        }
    }
}
