using FdExporter.Model;

namespace FdExporter.Scanning.Descriptors;

/// <summary>A socket of a descriptor that was in no TCP table of the scan that found it.</summary>
/// <param name="FirstScan">See <see cref="Sockets.TcpSocketTable.Scan"/>.</param>
internal record struct UnlistedSocket(uint FirstScan)
{
    /// <summary>What is known of it.</summary>
    internal enum Knowledge : byte
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

    internal Knowledge Is { get; set; }

    /// <summary>Valid if the kernel was asked, or listed it among the Unix sockets.</summary>
    internal SocketProtocol Protocol { get; set; }

    /// <summary>State of a Unix socket in the dump of a scan, and that scan; 0 before the first.</summary>
    internal UnixSocketState UnixState { get; set; }

    internal uint UnixScan { get; set; }

    /// <summary>The responsible holder, the walk that found it there, and its position.</summary>
    internal int Slot { get; set; }

    internal uint Stamp { get; set; }

    internal FdPosition At { get; set; }
}
