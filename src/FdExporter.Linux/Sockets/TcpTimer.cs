namespace FdExporter.Linux.Sockets;

/// <summary>The timer that runs on a socket. Source: idiag_timer in sock_diag(7), column <c>tr</c> of /proc/net/tcp.</summary>
internal enum TcpTimer : byte
{
    None,

    /// <summary>Sent data, or the first SYN, is not acknowledged.</summary>
    Retransmission,

    /// <summary>A keepalive probe is due, or another timer of an idle connection.</summary>
    KeepAlive,

    TimeWait,

    /// <summary>The peer has no room for data that waits to be sent.</summary>
    ZeroWindow,
}

internal static class TcpTimers
{
    /// <summary>From the kernel's number; of one that is not known, none.</summary>
    internal static TcpTimer Of(uint number) => number <= (uint)TcpTimer.ZeroWindow ? (TcpTimer)number : TcpTimer.None;
}
