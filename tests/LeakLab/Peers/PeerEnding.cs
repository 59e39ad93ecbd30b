namespace LeakLab.Peers;

/// <summary>What the peer does with a connection after it has sent its bytes.</summary>
internal enum PeerEnding
{
    /// <summary>Its side becomes an orphan in FIN_WAIT2, which the kernel drops after two minutes.</summary>
    Close,

    /// <summary>Sends the FIN and keeps the socket: FIN_WAIT2 stays, and has an owner.</summary>
    Shutdown,

    /// <summary>Keeps the connection established.</summary>
    Hold,

    /// <summary>
    /// Begins to connect, sends nothing, and keeps the socket, whether or not it gets connected. The accepting side has the shortest queue
    /// and never accepts.
    /// </summary>
    Begin,
}
