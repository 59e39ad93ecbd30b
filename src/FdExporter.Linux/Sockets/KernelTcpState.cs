namespace FdExporter.Linux.Sockets;

/// <summary>TCP states by the kernel's numbers. Source: include/net/tcp_states.h.</summary>
internal enum KernelTcpState : byte
{
    Established = 1,
    SynSent = 2,
    SynRecv = 3,
    FinWait1 = 4,
    FinWait2 = 5,
    TimeWait = 6,
    Close = 7,
    CloseWait = 8,
    LastAck = 9,
    Listen = 10,
    Closing = 11,

    /// <summary>
    /// A handshake in progress. The kernel reports it as SynRecv; if a kernel reports this state, the exporter treats it as SynRecv.
    /// </summary>
    NewSynRecv = 12,
}
