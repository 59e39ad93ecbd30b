using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Inspection;

/// <summary>Names sockets that are in no kernel table by the kernel's protocol name.</summary>
internal sealed class SocketNames(ProcFs procFs)
{
    private readonly byte[] _buffer = new byte[256];

    /// <summary>Stays unknown if the kernel does not tell, or time runs out.</summary>
    internal void Complete(ProcFolder folder, List<FdSample> fds, Deadline deadline)
    {
        for (int i = 0; i < fds.Count && !deadline.HasPassed; i++)
        {
            FdSample fd = fds[i];
            if (fd.Socket is { Protocol: SocketProtocol.Unknown }
                && FdLink.Parse(Encoding.UTF8.GetBytes(fd.Target)).SocketInode is not 0 and var inode
                && SocketName.TryRead(procFs, fd.Thread is { } thread ? new ProcFolder(folder.Pid, thread) : folder, fd.Number, inode, _buffer, out ReadOnlySpan<byte> name) == ReadStatus.Ok)
            {
                fds[i] = fd with { Socket = SampleOf(Encoding.UTF8.GetString(name)) };
            }
        }
    }

    internal static SocketSample SampleOf(string name)
    {
        SocketProtocol protocol = ProtocolOf(name);
        return new SocketSample(
            protocol,
            IsInNoTable: SocketProtocolNames.HasTable(protocol),
            KernelName: protocol == SocketProtocol.Other ? name : null);
    }

    // IPv6 families have their own names: TCPv6, UDPLITEv6.
    private static SocketProtocol ProtocolOf(string name) => name switch
    {
        "TCP" or "TCPv6" => SocketProtocol.Tcp,
        "MPTCP" or "MPTCPv6" => SocketProtocol.Mptcp,
        "UDP" or "UDPv6" or "UDP-Lite" or "UDPLITEv6" => SocketProtocol.Udp,
        "RAW" or "RAWv6" => SocketProtocol.Raw,
        "PING" or "PINGv6" => SocketProtocol.Icmp,
        "UNIX" or "UNIX-STREAM" => SocketProtocol.Unix,
        "NETLINK" => SocketProtocol.Netlink,
        "PACKET" => SocketProtocol.Packet,
        "AF_VSOCK" => SocketProtocol.Vsock,
        "SCTP" or "SCTPv6" => SocketProtocol.Sctp,
        "ALG" => SocketProtocol.Alg,
        "XDP" => SocketProtocol.Xdp,
        _ => SocketProtocol.Other,
    };
}
