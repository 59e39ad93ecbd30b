namespace FdExporter.Model;

/// <summary>A socket that a descriptor leads to. Fields that its protocol does not have are null.</summary>
/// <param name="State">For TCP.</param>
/// <param name="Direction">Who opened it; null for a listener and if unknown.</param>
/// <param name="ReceiveQueue">Bytes received and not read; for a listener, connections waiting to be accepted.</param>
/// <param name="SendQueue">Bytes sent and not acknowledged; for a listener, the backlog.</param>
/// <param name="Age">Minimum time stuck in CLOSE_WAIT; null if the program still answers.</param>
/// <param name="Path">For a Unix socket with a path; an abstract name begins with <c>@</c>.</param>
/// <param name="IsOwnedByAnother">Another process holds it too and counts as its owner. As of the last scan.</param>
/// <param name="IsInNoTable">Its protocol has a table that does not contain it; lsof prints <c>can't identify protocol</c>.</param>
/// <param name="KernelName">For <see cref="SocketProtocol.Other"/>: the kernel's name, such as <c>TIPC</c>.</param>
/// <param name="Cause">Why it is in CLOSE_WAIT; null in other states.</param>
/// <param name="UnixState">For a Unix socket; null if unknown.</param>
/// <param name="PeerPath">The path of the Unix socket that it is connected to, as <paramref name="Path"/>; null if it has none.</param>
internal sealed record SocketSample(
    SocketProtocol Protocol,
    TcpState? State = null,
    ConnectionDirection? Direction = null,
    ConnectionAddress? Local = null,
    ConnectionAddress? Remote = null,
    uint? ReceiveQueue = null,
    uint? SendQueue = null,
    TimeSpan? Age = null,
    string? Path = null,
    bool IsOwnedByAnother = false,
    bool IsInNoTable = false,
    string? KernelName = null,
    CloseWaitCause? Cause = null,
    UnixSocketState? UnixState = null,
    string? PeerPath = null);
