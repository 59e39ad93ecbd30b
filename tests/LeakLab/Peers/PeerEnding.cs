namespace LeakLab.Peers;

/// <summary>What the peer does with a connection once it has sent what it was to send.</summary>
internal enum PeerEnding
{
    /// <summary>Its side becomes an orphan in FIN_WAIT2, which the kernel drops after two minutes.</summary>
    Close,

    /// <summary>Sends the FIN and keeps the socket: FIN_WAIT2 stays, and has an owner.</summary>
    Shutdown,

    /// <summary>Keeps the connection established.</summary>
    Hold,
}
