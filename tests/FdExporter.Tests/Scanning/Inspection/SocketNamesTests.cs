using System.Text;
using FdExporter.Model;
using FdExporter.Scanning.Inspection;

namespace FdExporter.Tests.Scanning.Inspection;

/// <summary>The kernel's names of protocols: the member <c>name</c> of each struct proto.</summary>
public class SocketNamesTests
{
    [Theory]
    [InlineData("TCP", "Tcp", true)]
    [InlineData("TCPv6", "Tcp", true)]
    [InlineData("MPTCP", "Mptcp", true)]
    [InlineData("UDPLITEv6", "Udp", true)]
    [InlineData("PING", "Icmp", true)]
    [InlineData("UNIX-STREAM", "Unix", true)]
    [InlineData("UNIX", "Unix", true)]
    [InlineData("NETLINK", "Netlink", true)]
    [InlineData("PACKET", "Packet", true)]
    [InlineData("AF_VSOCK", "Vsock", false)]
    [InlineData("SCTPv6", "Sctp", false)]
    [InlineData("ALG", "Alg", false)]
    [InlineData("XDP", "Xdp", false)]
    [InlineData("TIPC", "Other", false)]
    public void Name_IsItsProtocol_AndWhetherThatHasATable(string name, string protocol, bool isInNoTable)
    {
        SocketSample sample = SocketNames.SampleOf(Encoding.ASCII.GetBytes(name));
        Assert.Equal((protocol, isInNoTable, protocol == "Other" ? name : null), (sample.Protocol.ToString(), sample.IsInNoTable, sample.KernelName));
    }
}
