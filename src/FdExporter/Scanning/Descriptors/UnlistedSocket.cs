namespace FdExporter.Scanning.Descriptors;

/// <summary>A socket that a descriptor leads to and that stood in no TCP table of the scan that found it there.</summary>
/// <param name="FirstScan">As <see cref="Sockets.TcpSocketTable.Scan"/> counts them.</param>
internal record struct UnlistedSocket(uint FirstScan)
{
    /// <summary>What it is.</summary>
    internal enum Protocol : byte
    {
        /// <summary>Nobody has asked the kernel yet.</summary>
        NotAsked,

        /// <summary>TCP or MPTCP by its name. It may be newer than the tables.</summary>
        Tcp,

        /// <summary>It has been in a TCP table.</summary>
        WasListed,

        /// <summary>Anything but TCP.</summary>
        Other,
    }

    internal Protocol Is { get; set; }

    /// <summary>Who answers for it of those that hold it, and the walk that found it there, and where.</summary>
    internal int Slot { get; set; }

    internal uint Stamp { get; set; }

    internal FdPosition At { get; set; }
}
