namespace FdExporter.Model;

/// <summary>A socket that a descriptor leads to. What its protocol does not have is null.</summary>
/// <param name="State">Of TCP, and of Unix sockets that listen.</param>
/// <param name="Direction">Who opened it; null for a listener and where that is not known.</param>
/// <param name="ReceiveQueue">Bytes received and not read; of a listener, connections waiting to be accepted.</param>
/// <param name="SendQueue">Bytes sent and not acknowledged; of a listener, the backlog.</param>
/// <param name="Age">For how long it has been stuck in CLOSE_WAIT, at the least; null for one that is still answered.</param>
/// <param name="Path">Of a Unix socket that has one; an abstract name begins with <c>@</c>.</param>
/// <param name="IsOwnedByAnother">Another process holds it too and counts as its owner; of TCP, as of the last scan.</param>
/// <param name="IsInNoTable">Its protocol has a table, and it does not stand there; lsof says <c>can't identify protocol</c>.</param>
/// <param name="KernelName">Of <see cref="SocketProtocol.Other"/>: what the kernel calls it, such as <c>TIPC</c>.</param>
/// <param name="Cause">Why it is in CLOSE_WAIT; null in other states.</param>
internal sealed record SocketSample(
    SocketProtocol Protocol,
    TcpState? State = null,
    ConnectionDirection? Direction = null,
    IpEndpoint? Local = null,
    IpEndpoint? Remote = null,
    uint? ReceiveQueue = null,
    uint? SendQueue = null,
    TimeSpan? Age = null,
    string? Path = null,
    bool IsOwnedByAnother = false,
    bool IsInNoTable = false,
    string? KernelName = null,
    CloseWaitCause? Cause = null);
