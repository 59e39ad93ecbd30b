namespace FdExporter.Model;

/// <summary>Why a socket stays in CLOSE_WAIT. No more than eight: <c>HistoryKey</c> has three bits for them.</summary>
internal enum CloseWaitCause
{
    /// <summary>The program has read all data and not closed the socket: the true leak.</summary>
    NotClosed,

    /// <summary>Nothing but the end of the connection is unread: idle in a pool that nobody looks at, as a rule.</summary>
    NotNoticed,

    /// <summary>Data are unread: nobody reads.</summary>
    NotRead,

    /// <summary>The connection still waits in the listener's queue: nobody accepts.</summary>
    NotAccepted,

    /// <summary>
    /// The peer has closed only its sending side, and the program still answers it. Legal: it counts in totals, but it has
    /// no age and is no fault.
    /// </summary>
    StillSending,

    /// <summary>A connection of MPTCP with nothing to read: whether its program has seen the end, the kernel does not tell.</summary>
    Unknown,
}
