using System.Text;
using CsCheck;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;

namespace FdExporter.Tests.Linux.Procfs;

public sealed class NetTableTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private readonly ProcFs _procFs;

    public NetTableTests()
    {
        Directory.CreateDirectory(Path.Combine(_root, "1", "net"));
        _procFs = ProcFs.Open(_root);
    }

    public void Dispose()
    {
        _procFs.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData("headings\n", "Ok", "")]
    [InlineData("headings\na\nb\n", "Ok", "a|b")]
    [InlineData("headings\n\na\n", "Ok", "|a")]
    [InlineData("headings\na\nb", "Malformed", "a")]
    [InlineData("headings", "Malformed", "")]
    [InlineData("", "Malformed", "")]
    public void Read_EachLineBehindTheHeadings_IsVisitedOnce(string text, string status, string lines)
    {
        Assert.Equal(Enum.Parse<ReadStatus>(status), Read(text, out List<string> visited));
        Assert.Equal(lines, string.Join('|', visited));
    }

    [Fact]
    public void Read_LinesOfAnyLength_AreThemselvesWhereverTheBufferEnds()
        => Gen.Int[0, 3000].Array[1, 40].Sample(
            lengths =>
            {
                string[] lines = [.. lengths.Select(static (length, i) => new string((char)('a' + (i % 26)), length))];
                return Read("headings\n" + string.Concat(lines.Select(static line => line + "\n")), out List<string> visited) == ReadStatus.Ok
                    && visited.SequenceEqual(lines);
            },
            iter: 100,
            threads: 1);

    [Theory]
    [InlineData((16 * 1024) - 1, "Ok")]
    [InlineData(16 * 1024, "Malformed")]
    [InlineData(100_000, "Malformed")]
    public void Read_LineLongerThanAnyOfTheKernel_IsMalformedAndNotHalfALine(int length, string status)
    {
        Assert.Equal(Enum.Parse<ReadStatus>(status), Read("headings\n" + new string('x', length) + "\n", out List<string> visited));
        Assert.All(visited, line => Assert.Equal(length, line.Length));
    }

    [Fact]
    public void Read_RefusedLine_IsMalformedAndEndsTheReading()
    {
        File.WriteAllText(Path.Combine(_root, "1", "net", "unix"), "headings\na\nb\n");
        int visits = 0;
        Assert.Equal(ReadStatus.Malformed, new NetTable(_procFs).TryRead(ProcPath.Of(1, "net/unix"u8), _ => ++visits > 1));
        Assert.Equal(1, visits);
    }

    [Fact]
    public void Read_TableThatDoesNotExist_IsGone()
    {
        Assert.Equal(ReadStatus.Gone, new NetTable(_procFs).TryRead(ProcPath.Of(1, "net/udplite"u8), static _ => true));
        Assert.Equal(ReadStatus.Gone, new NetTable(_procFs).TryRead(ProcPath.Of(2, "net/unix"u8), static _ => true));
    }

    [Fact]
    public void Read_TableThatCannotBeRead_NamesIt()
    {
        Directory.CreateDirectory(Path.Combine(_root, "1", "net", "unix"));
        KernelException failure = Assert.Throws<KernelException>(() => new NetTable(_procFs).TryRead(ProcPath.Of(1, "net/unix"u8), static _ => true));
        Assert.StartsWith($"read {_root}/1/net/unix: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EveryTableOfThisKernel_IsUnderstoodToItsEnd()
    {
        using ProcFs procFs = ProcFs.Open("/proc");
        NetTable table = new(procFs);
        int lines = 0;
        foreach (string file in (string[])["tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6", "icmp", "icmp6"])
        {
            Assert.Contains(
                table.TryRead(ProcPath.Of(Encoding.ASCII.GetBytes("self/net/" + file)), line => Count(TcpTable.TryParse(line, out _))),
                (ReadStatus[])[ReadStatus.Ok, ReadStatus.Gone]);
        }

        foreach (string file in (string[])["netlink", "packet"])
        {
            Assert.Equal(ReadStatus.Ok, table.TryRead(ProcPath.Of(Encoding.ASCII.GetBytes("self/net/" + file)), line => Count(SocketInode.TryParse(line, out _))));
        }

        Assert.True(lines > 0);

        bool Count(bool parsed)
        {
            lines++;
            return parsed;
        }
    }

    private ReadStatus Read(string text, out List<string> visited)
    {
        File.WriteAllText(Path.Combine(_root, "1", "net", "unix"), text);
        List<string> lines = [];
        ReadStatus status = new NetTable(_procFs).TryRead(ProcPath.Of(1, "net/unix"u8), line =>
        {
            lines.Add(Encoding.ASCII.GetString(line));
            return true;
        });
        visited = lines;
        return status;
    }
}
