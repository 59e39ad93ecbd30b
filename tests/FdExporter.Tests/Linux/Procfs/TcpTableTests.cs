using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Procfs;

public class TcpTableTests
{
    private const string Listener =
        "   0: 0100007F:25E6 00000000:0000 0A 00000000:00000003 00:00000000 00000000  1000        0 363722 1 00000000ee1a5b00 100 0 0 10 0";

    private const string Mapped =
        "   2: 0000000000000000FFFF00000100007F:2648 0000000000000000FFFF00000100007F:AD52 08 00000001:00000002 00:00000000 00000000     0        0 363711 1 0000000000000000 20 4 0 10 -1";

    [Fact]
    public void Parse_Listener_GivesEveryField()
    {
        Assert.True(TcpTable.TryParse(Encoding.ASCII.GetBytes(Listener), out TcpSocket socket));
        Assert.Equal(KernelTcpState.Listen, socket.State);
        Assert.Equal(SocketEndpoint.FromIPv4(0x7f000001, 9702), socket.Local);
        Assert.Equal(SocketEndpoint.FromIPv4(0, 0), socket.Remote);
        Assert.Equal(363722ul, socket.Inode);
        Assert.Equal(1000u, socket.Uid);
        Assert.Equal(3u, socket.ReceiveQueue);
        Assert.Equal(0u, socket.SendQueue);
        Assert.Null(socket.Cookie);
    }

    [Fact]
    public void Parse_MappedAddress_IsTheIPv4One()
    {
        Assert.True(TcpTable.TryParse(Encoding.ASCII.GetBytes(Mapped), out TcpSocket socket));
        Assert.True(socket.Local.IsIPv4);
        Assert.Equal(SocketEndpoint.FromIPv4(0x7f000001, 9800), socket.Local);
        Assert.Equal(KernelTcpState.CloseWait, socket.State);
        Assert.Equal(2u, socket.ReceiveQueue);
        Assert.Equal(1u, socket.SendQueue);
    }

    /// <summary>Captured from Linux 6.18: bound, connected, connected to port 0, by protocol.</summary>
    [Theory]
    [InlineData(" 2452: 0100007F:CA34 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 5725576 2 000000007889deb6 0       ", "127.0.0.1:51764", "")]
    [InlineData("11297: 0100007F:ECC1 0100007F:CA34 01 00000000:00000000 00:00000000 00000000     0        0 5725577 2 00000000ba6e620d 0       ", "127.0.0.1:60609", "127.0.0.1:51764")]
    [InlineData("11821: 0100007F:AECD 0100007F:0000 01 00000000:00000000 00:00000000 00000000     0        0 5725578 2 0000000070189da5 0       ", "127.0.0.1:44749", "127.0.0.1:0")]
    [InlineData(" 6627: 00000000000000000000000001000000:9A83 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 5725584 2 0000000092cbe0f7 0", "[::1]:39555", "")]
    [InlineData(" 243: 0100007F:0001 0100007F:0000 01 00000000:00000000 00:00000000 00000000     0        0 5725580 2 00000000f18b9bc3 0", "127.0.0.1:1", "127.0.0.1:0")]
    [InlineData("   70: 00000000000000000000000000000000:003A 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 5725581 2 000000000165464c 0", ":58", "")]
    public void Parse_LineOfUdpOrRaw_GivesItsEnds(string line, string local, string remote)
    {
        Assert.True(TcpTable.TryParse(Encoding.ASCII.GetBytes(line), out TcpSocket socket));
        Assert.Equal(local, TextOf(socket.Local));
        Assert.Equal(remote, socket.Remote.IsUnspecified ? "" : TextOf(socket.Remote));
        Assert.InRange(socket.Inode, 5725576ul, 5725584ul);
    }

    private static string TextOf(in SocketEndpoint end) => end.ToString();

    [Theory]
    [InlineData(Listener)]
    [InlineData(Mapped)]
    public void Parse_CutAnywhereUpToTheInode_Fails(string line)
        => Hostile.TruncatedAtEveryByte(
            line,
            static text => TcpTable.TryParse(text, out _),
            static cut => cut.Contains(" 363722 ", StringComparison.Ordinal) || cut.Contains(" 363711 ", StringComparison.Ordinal));

    [Fact]
    public void Parse_AnyBytes_NeverThrows() => Hostile.NeverThrows(Mapped, static text => TcpTable.TryParse(text, out _));

    [Fact]
    public void Read_CapturedTables_VisitsEachSocketOnce()
    {
        using ProcFs procFs = ProcFs.Open(Path.Combine(Repository.Fixtures, "host"));
        TcpTable table = new(procFs);
        List<KernelTcpState> states = [];
        Assert.Equal(ReadStatus.Ok, table.TryRead(ProcPath.Of(1, "net/tcp"u8), (in TcpSocket socket) => states.Add(socket.State)));
        Assert.Equal(ReadStatus.Ok, table.TryRead(ProcPath.Of(1, "net/tcp6"u8), (in TcpSocket socket) => states.Add(socket.State)));
        states.Sort();
        Assert.Equal(
            [KernelTcpState.Established, KernelTcpState.Established, KernelTcpState.FinWait2, KernelTcpState.CloseWait, KernelTcpState.Listen, KernelTcpState.Listen],
            states);
    }

    [Fact]
    public void Read_TableCutInALine_IsMalformedAndNotShort()
    {
        string root = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(root, "1", "net"));
            File.WriteAllText(Path.Combine(root, "1", "net", "tcp"), "  sl  local_address\n" + Listener + "\n" + Listener[..40]);
            using ProcFs procFs = ProcFs.Open(root);
            Assert.Equal(ReadStatus.Malformed, new TcpTable(procFs).TryRead(ProcPath.Of(1, "net/tcp"u8), static (in TcpSocket _) => { }));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
