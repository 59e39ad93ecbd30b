using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Inspection;

/// <summary>Names the sockets that stand in no table of the kernel by what the kernel calls their protocol.</summary>
internal sealed class SocketNames(ProcFs procFs)
{
    private readonly byte[] _buffer = new byte[256];

    /// <summary>Leaves unknown what the kernel does not tell, or time does not suffice for.</summary>
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

    // Families of IPv6 have names of their own: TCPv6, UDPLITEv6.
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
