namespace LeakLab;

/// <param name="Path">Of the listening socket; an abstract name begins with @.</param>
/// <param name="PeerCloses">Whether the server closes its side of each connection.</param>
internal sealed record UnixSettings(int Count, string Path, bool PeerCloses);
