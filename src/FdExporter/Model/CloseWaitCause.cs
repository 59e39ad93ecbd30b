namespace FdExporter.Model;

/// <summary>Why a socket stays in CLOSE_WAIT.</summary>
internal enum CloseWaitCause
{
    /// <summary>The program has read all data and not closed the socket: the true leak.</summary>
    NotClosed,

    /// <summary>Data or the end itself is still unread: nobody reads.</summary>
    NotRead,

    /// <summary>The connection still waits in the listener's queue: nobody accepts.</summary>
    NotAccepted,

    /// <summary>A connection of MPTCP with nothing to read: whether its program has seen the end, the kernel does not tell.</summary>
    Unknown,
}
