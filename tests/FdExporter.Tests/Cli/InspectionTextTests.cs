using System.Globalization;
using System.Net;
using FdExporter.Cli;
using FdExporter.Cli.Terminals;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Cli;

/// <summary>The text of <c>fd-exporter inspect</c>, for a process made by hand.</summary>
public class InspectionTextTests
{
    private static readonly ConnectionAddress s_peer = Endpoint("192.168.121.44", 443);

    private static readonly ProcessInspection s_inspection = new()
    {
        TakenAt = DateTimeOffset.UnixEpoch,
        Process = Snapshots.Process(11342, "app\e[2Jserver", 2_000_012, 4_000_000) is var process
            ? process with { Facts = process.Facts with { StartTime = DateTimeOffset.UnixEpoch, Comm = "\u65e5\u672c", User = "payment", Owner = new CgroupOwner("payment.service", "", "") } }
            : default,
        Arguments = ["/opt/appserver", .. Enumerable.Range(0, 80).Select(static i => $"--option-{i}=\u0007{i}")],
        IsVisible = true,
        Types = Types((FdType.Socket, 2_000_005), (FdType.File, 3), (FdType.DeletedFile, 1), (FdType.Pipe, 2), (FdType.Other, 1)),
        Fds =
        [
            new FdSample(0, FdType.File, "/srv/a very long name of a folder/that goes on and on/and on/settings.properties", null),
            new FdSample(1, FdType.File, "/srv/\u65e5\u672c\u8a9e\u306e\u540d\u524d\u306e\u9577\u3044\u30d5\u30a9\u30eb\u30c0\u30fc/\u65e5\u672c\u8a9e\u306e\u540d\u524d.txt", null),
            new FdSample(2, FdType.File, "/tmp/\e]0;title\u0007", null),
            new FdSample(3, FdType.DeletedFile, "/var/log/app.log (deleted)", null),
            new FdSample(4, FdType.Pipe, "pipe:[1]", null),
            new FdSample(5, FdType.Pipe, "pipe:[2]", null),
            new FdSample(6, FdType.Other, "anon_inode:[io_uring]", null),
            Socket(7, new SocketSample(SocketProtocol.Tcp, TcpState.Listen, Local: Endpoint("::", 9702), ReceiveQueue: 3, SendQueue: 128)),
            Socket(8, new SocketSample(SocketProtocol.Tcp, TcpState.CloseWait, ConnectionDirection.Outbound, Endpoint("10.128.121.107", 40001), s_peer, 0, 0, new TimeSpan(6, 2, 59), Cause: CloseWaitCause.NotClosed)),
            Socket(9, new SocketSample(SocketProtocol.Tcp, TcpState.CloseWait, ConnectionDirection.Outbound, Endpoint("10.128.121.107", 40002), s_peer, 4_000_000_000, 1, new TimeSpan(100, 23, 59, 59), Cause: CloseWaitCause.NotRead)),
            Socket(10, new SocketSample(SocketProtocol.Tcp, TcpState.Established, ConnectionDirection.Inbound, Endpoint("2001:db8:1111:2222:3333:4444:5555:6666", 9702), Endpoint("2001:db8:1111:2222:3333:4444:5555:7777", 55555), 0, 0)),
            Socket(11, new SocketSample(SocketProtocol.Udp, Local: Endpoint("0.0.0.0", 53), ReceiveQueue: 0, SendQueue: 0)),
            Socket(12, new SocketSample(SocketProtocol.Unix, Path: "@/org/\nexample", UnixState: UnixSocketState.Listening)),
            Socket(13, new SocketSample(SocketProtocol.Unknown, IsInNoTable: true)),
            .. Enumerable.Range(14, 30).Select(static fd => Socket(fd, new SocketSample(SocketProtocol.Tcp, TcpState.Established, ConnectionDirection.Outbound, Endpoint("10.0.0.1", (ushort)fd), Endpoint("10.0.0.2", (ushort)fd), 0, 0))),
        ],
        Unlisted = 1_999_968,
        IsCutShort = true,
    };

    [Theory]
    [InlineData(80)]
    [InlineData(140)]
    [InlineData(50)]
    public void Text_FitsItsTerminal_AndNothingOfItIsObeyed(int width) => Golden.Verify(Text(width), width.ToString(CultureInfo.InvariantCulture));

    [Fact]
    public void Text_IsNeverWiderThanItsTerminal()
    {
        for (int width = 8; width <= 200; width++)
        {
            Text(width, all: true);
        }
    }

    [Fact]
    public void Text_OfAll_HasEveryDescriptorAndTheWholeCommandLine()
    {
        string text = Text(100, all: true);
        Assert.Equal(s_inspection.Fds.Length, text.Split("\n\n")[^3].Split('\n').Length - 1);
        Assert.Contains("--option-79=?79", text, StringComparison.Ordinal);
        Assert.DoesNotContain("--all", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_WithAccessDenied_IsTheFacts()
    {
        string text = Text(80, inspection: s_inspection with { IsVisible = false, Fds = [], Types = default, Unlisted = 0, IsCutShort = false });
        Assert.EndsWith("\nDescriptors     2\u00a0000\u00a0012 of 4\u00a0000\u00a0000 (50\u00a0%), hard limit 4\u00a0000\u00a0000\n", text, StringComparison.Ordinal);
    }

    private static string Text(int width, bool all = false, ProcessInspection? inspection = null)
    {
        inspection ??= s_inspection;
        string text = InspectionText.Of(
            inspection,
            FdList.Of(inspection, Details.All, "", 0, all ? int.MaxValue : InspectCommand.Few),
            new InspectRequest(11342, all, "", Json: false),
            new Display(width, null, false, false));
        Assert.All(text.Split('\n'), line => Assert.InRange(TerminalText.WidthOf(line), 0, width));
        Assert.DoesNotContain(text, static c => char.IsControl(c) && c != '\n');
        return text;
    }

    private static FdSample Socket(int fd, SocketSample socket) => new(fd, FdType.Socket, $"socket:[{fd}]", socket);

    private static ConnectionAddress Endpoint(string address, ushort port)
    {
        IPAddress parsed = IPAddress.Parse(address);
        byte[] bytes = (parsed.Equals(IPAddress.Any) ? IPAddress.IPv6Any : parsed.MapToIPv6()).GetAddressBytes();
        return new ConnectionAddress(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes), System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(8)), port);
    }

    private static FdTypeCounts Types(params (FdType Type, int Count)[] counts)
    {
        FdTypeCounts types = default;
        foreach ((FdType type, int count) in counts)
        {
            types[type] = count;
        }

        return types;
    }
}
