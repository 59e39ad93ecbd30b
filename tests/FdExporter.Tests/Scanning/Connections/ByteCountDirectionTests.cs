using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Connections;

namespace FdExporter.Tests.Scanning.Connections;

/// <summary>Which side connected, from the kernel's byte counts.</summary>
public class ByteCountDirectionTests
{
    [Theory]
    [InlineData(1ul, 0ul, 0ul, 0u, 0u, ConnectionDirection.Outbound)] // nothing was ever sent
    [InlineData(0ul, 0ul, 0ul, 0u, 0u, ConnectionDirection.Inbound)]
    [InlineData(1001ul, 1000ul, 0ul, 0u, 0u, ConnectionDirection.Outbound)]
    [InlineData(1000ul, 1000ul, 0ul, 0u, 0u, ConnectionDirection.Inbound)]
    [InlineData(1001ul, 1700ul, 700ul, 0u, 0u, ConnectionDirection.Outbound)] // retransmitted
    [InlineData(601ul, 1000ul, 0ul, 400u, 0u, ConnectionDirection.Outbound)] // in flight
    [InlineData(600ul, 1000ul, 0ul, 450u, 50u, ConnectionDirection.Inbound)] // partly not sent yet
    [InlineData(7ul, 1000ul, 0ul, 0u, 0u, null)] // counts that do not add up
    public void CloseWait_IsOfWhoseSynWasAcknowledged(ulong acked, ulong sent, ulong again, uint queue, uint notSent, object? direction)
    {
        Assert.Equal((ConnectionDirection?)direction, DirectionOf(KernelTcpState.CloseWait, acked, sent, again, queue, notSent));
        Assert.Equal((ConnectionDirection?)direction, DirectionOf(KernelTcpState.Established, acked, sent, again, queue, notSent));
    }

    [Theory]
    [InlineData(KernelTcpState.FinWait1, 11ul, 10ul, 1u, 0u, ConnectionDirection.Outbound)] // its FIN is in flight
    [InlineData(KernelTcpState.FinWait1, 10ul, 10ul, 1u, 0u, ConnectionDirection.Inbound)]
    [InlineData(KernelTcpState.FinWait1, 10ul, 10ul, 1u, 1u, null)] // its FIN has not been sent
    [InlineData(KernelTcpState.FinWait2, 12ul, 10ul, 0u, 0u, ConnectionDirection.Outbound)]
    [InlineData(KernelTcpState.FinWait2, 11ul, 10ul, 0u, 0u, ConnectionDirection.Inbound)]
    [InlineData(KernelTcpState.LastAck, 11ul, 10ul, 1u, 0u, ConnectionDirection.Outbound)]
    [InlineData(KernelTcpState.Closing, 10ul, 10ul, 1u, 0u, ConnectionDirection.Inbound)]
    [InlineData(KernelTcpState.SynSent, 0ul, 0ul, 1u, 0u, ConnectionDirection.Outbound)]
    [InlineData(KernelTcpState.SynRecv, 0ul, 0ul, 0u, 0u, ConnectionDirection.Inbound)]
    [InlineData(KernelTcpState.Listen, 0ul, 0ul, 0u, 0u, null)]
    [InlineData(KernelTcpState.TimeWait, 0ul, 0ul, 0u, 0u, null)]
    public void OtherStates_CountTheirOwnFin(object state, ulong acked, ulong sent, uint queue, uint notSent, object? direction)
        => Assert.Equal((ConnectionDirection?)direction, DirectionOf((KernelTcpState)state, acked, sent, 0, queue, notSent));

    [Fact]
    public void WithoutByteCounts_ItIsNotKnown()
        => Assert.Null(ByteCountDirection.DirectionOf(Socket(KernelTcpState.CloseWait, 0) with { Info = new TcpInfo(1, 1, 1) }));

    private static ConnectionDirection? DirectionOf(KernelTcpState state, ulong acked, ulong sent, ulong again, uint queue, uint notSent)
        => ByteCountDirection.DirectionOf(Socket(state, queue) with { Info = new TcpInfo(1, 1, 1) { Bytes = new TcpByteCounts(acked, sent, again, notSent) } });

    private static TcpSocket Socket(KernelTcpState state, uint sendQueue) => new()
    {
        State = state,
        Local = SocketEndpoint.FromIPv4(0x7f000001, 40000),
        Remote = SocketEndpoint.FromIPv4(0x7f000001, 443),
        Inode = 99,
        Uid = 0,
        ReceiveQueue = 0,
        SendQueue = sendQueue,
    };
}
