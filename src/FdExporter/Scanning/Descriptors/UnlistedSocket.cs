namespace FdExporter.Scanning.Descriptors;

/// <summary>A socket of a descriptor that was in no TCP table of the scan that found it.</summary>
/// <param name="FirstScan">See <see cref="Sockets.TcpSocketTable.Scan"/>.</param>
internal record struct UnlistedSocket(uint FirstScan)
{
    /// <summary>Its protocol.</summary>
    internal enum Protocol : byte
    {
        /// <summary>The kernel has not been asked yet.</summary>
        NotAsked,

        /// <summary>TCP or MPTCP by name. It may be newer than the tables.</summary>
        Tcp,

        /// <summary>It was in a TCP table.</summary>
        WasListed,

        /// <summary>Anything but TCP.</summary>
        Other,
    }

    internal Protocol Is { get; set; }

    /// <summary>The responsible holder, the walk that found it there, and its position.</summary>
    internal int Slot { get; set; }

    internal uint Stamp { get; set; }

    internal FdPosition At { get; set; }
}
