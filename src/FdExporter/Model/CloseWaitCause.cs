namespace FdExporter.Model;

/// <summary>Why a socket stays in CLOSE_WAIT.</summary>
internal enum CloseWaitCause
{
    /// <summary>The program has read to the end and did not close: the true leak.</summary>
    NotClosed,

    /// <summary>Data or the end itself is still unread: nobody reads.</summary>
    NotRead,

    /// <summary>The connection still waits in the listener's queue: nobody accepts.</summary>
    NotAccepted,
}
