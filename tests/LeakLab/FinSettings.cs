using LeakLab.Native;

namespace LeakLab;

/// <summary>How the peer ends a connection and how much of it the lab reads. Unread: bytes sent before the FIN.</summary>
internal sealed record FinSettings(int Unread, bool NoRead, bool HoldPeer)
{
    /// <summary>Returns once the peer's FIN has arrived, and has been read unless it must stay in the queue.</summary>
    internal void AwaitPeersEnd(int fd, StopSignal stop)
    {
        stop.WaitFor(fd, Libc.POLLRDHUP);
        if (Unread == 0 && !NoRead && TcpSocket.ReadByte(fd))
        {
            throw new IOException("the peer sent a byte instead of closing");
        }
    }
}
