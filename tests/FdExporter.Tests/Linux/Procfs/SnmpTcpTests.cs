using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Procfs;

/// <summary>Captured on Linux 6.18.</summary>
public class SnmpTcpTests
{
    private const string Text =
        "Ip: Forwarding DefaultTTL\nIp: 1 64\n"
        + "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors\n"
        + "Tcp: 1 200 120000 -1 14991 14928 3 10472 7 107112 101636 5 0 8135 0\n"
        + "Udp: InDatagrams NoPorts\nUdp: 1 2\n";

    [Fact]
    public void Parse_TakesTheSecondLineOfTcp()
    {
        Assert.True(SnmpTcp.TryParse(Encoding.ASCII.GetBytes(Text), out SnmpTcp value));
        Assert.Equal(new SnmpTcp(14991, 14928, 3, 10472, 7, 107112, 101636, 5), value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Tcp: RtoAlgorithm RtoMin\nTcp: 1 200 120000 -1 1 2 3 4 5 6 7 8\n")]
    [InlineData("Tcp: 1 200 120000 -1 1 2 3 4 5 6 7 8\nTcp: 1 200 120000 -1 1 2 3 4 5 6 7 8\n")]
    public void AnythingElse_IsUnknownAndNotZero(string text) => Assert.False(SnmpTcp.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void CutBeforeItsEnd_IsUnknown()
        => Hostile.TruncatedAtEveryByte(Text, static text => SnmpTcp.TryParse(text, out _), static cut => cut.Length > Text.IndexOf("\nUdp", StringComparison.Ordinal));

    [Fact]
    public void AnyBytes_NeverThrow() => Hostile.NeverThrows(Text, static text => SnmpTcp.TryParse(text, out _));

    [Theory]
    [InlineData("TCP6: inuse 3\nUDP6: inuse 2\n", 3)]
    [InlineData("TCP6: inuse 3", null)]
    [InlineData("TCP6: alloc 3\n", null)]
    [InlineData("UDP6: inuse 2\n", null)]
    public void SockStat6_IsTheSocketsInUse(string text, int? inUse)
        => Assert.Equal(inUse, SockStat6.TryParse(Encoding.ASCII.GetBytes(text), out ulong value) ? (int)value : null);

    [Fact]
    public void Kernel_AnswersForAnyProcess()
    {
        using ProcFs procFs = ProcFs.Open("/proc");
        byte[] buffer = new byte[8192];
        Assert.Equal(ReadStatus.Ok, SnmpTcp.TryReadOf(procFs, Environment.ProcessId, buffer, out _));
        Assert.Equal(ReadStatus.Ok, SockStat.TryReadOf(procFs, Environment.ProcessId, buffer, out _));
        Assert.Equal(ReadStatus.Gone, SnmpTcp.TryReadOf(procFs, int.MaxValue, buffer, out _));
    }
}
