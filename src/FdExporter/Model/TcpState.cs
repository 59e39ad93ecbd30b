namespace FdExporter.Model;

/// <summary>The eleven TCP states.</summary>
internal enum TcpState
{
    Established,
    SynSent,
    SynRecv,
    FinWait1,
    FinWait2,
    TimeWait,
    Close,
    CloseWait,
    LastAck,
    Listen,
    Closing,
}
