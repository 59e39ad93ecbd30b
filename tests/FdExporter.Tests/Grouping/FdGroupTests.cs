using System.Globalization;
using CsCheck;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Tests.Grouping;

public class FdGroupTests
{
    private static readonly ConnectionAddress s_local = new(0, 0xffff_7f00_0001, 40000);
    private static readonly ConnectionAddress s_peer = new(0, 0xffff_c0a8_792c, 443);

    public static TheoryData<string, string, string> Kinds => new()
    {
        { "socket", "listen on 127.0.0.1:40000", "Tcp Listen" },
        { "socket", "close_wait to 192.168.121.44:443", "Tcp CloseWait Outbound" },
        { "socket", "established on :40000", "Tcp Established Inbound" },
        { "socket", "udp on 127.0.0.1:40000", "Udp" },
        { "socket", "udp to 192.168.121.44:443", "Udp Connected" },
        { "socket", "raw", "Raw Connected" },
        { "socket", "unix @name", "Unix @name" },
        { "socket", "unix", "Unix" },
        { "socket", "netlink", "Netlink" },
        { "socket", "packet", "Packet" },
        { "socket", "tcp in no socket table", "Tcp InNoTable" },
        { "socket", "unknown, in no socket table", "Unknown InNoTable" },
        { "socket", "vsock", "Vsock" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Sockets_AreAlikeByStateAndPeer(string type, string what, string socket)
    {
        FdGroup group = Assert.Single(Of(Socket(socket), Socket(socket) with { Number = 9 }));
        Assert.Equal((type, what, 2, null), (group.Type, group.What, group.Count, group.Oldest));
    }

    [Theory]
    [InlineData("File", "/srv/log/a", "/srv/log/b", "/srv/log/*")]
    [InlineData("File", "/a", "/b", "/*")]
    [InlineData("DeletedFile", "/tmp/a (deleted)", "/tmp/b (deleted)", "/tmp/*")]
    [InlineData("Pipe", "pipe:[1]", "pipe:[2]", "pipe")]
    [InlineData("EventFd", "anon_inode:[eventfd]", "anon_inode:[eventfd]", "anon_inode:[eventfd]")]
    [InlineData("Device", "/dev/null", "/dev/null", "/dev/null")]
    [InlineData("Device", "/dev/pts/3", "/dev/pts/14", "/dev/pts/*")]
    [InlineData("Device", "/dev/pts/3", "/dev/pts/3", "/dev/pts/3")]
    [InlineData("File", "/srv/log/a", "/srv/log/a", "/srv/log/a")]
    [InlineData("File", "/proc/17/stat", "/proc/4711/stat", "/proc/*/stat")]
    [InlineData("File", "/proc/17/stat", "/proc/4711/maps", "/proc/*/*")]
    [InlineData("File", "/proc/17/stat", "/proc/17/maps", "/proc/17/*")]
    [InlineData("File", "/proc/17/task/18/stat", "/proc/17/task/19/stat", "/proc/*/task/*/stat")]
    [InlineData("File", "/data/shard17/00001.sst", "/data/shard18/00002.sst", "/data/shard*/*.sst")]
    [InlineData("File", "/var/lib/3f1e5c3b9d8a/log", "/var/lib/00aa1b2c3d4e/log", "/var/lib/*/log")]
    [InlineData("DeletedFile", "/run/1/a (deleted)", "/run/2/a (deleted)", "/run/*/a (deleted)")]
    [InlineData("MemFd", "/memfd:wayland-1 (deleted)", "/memfd:wayland-22 (deleted)", "/memfd:wayland-* (deleted)")]
    [InlineData("Other", "anon_inode:[io_uring]", "anon_inode:[io_uring]", "io_uring")]
    [InlineData("Other", "mnt:[4026531832]", "mnt:[4026531833]", "mnt namespace")]
    [InlineData("Other", "anon_inode:kvm-vcpu:0", "anon_inode:kvm-vcpu:1", "kvm-vcpu")]
    [InlineData("Other", "/dmabuf:a", "/dmabuf:b", "dmabuf")]
    public void Others_AreAlikeByFolderOrTarget(string type, string first, string second, string what)
    {
        FdGroup group = Assert.Single(Of(Fd(type, first), Fd(type, second)));
        Assert.Equal((what, 2), (group.What, group.Count));
    }

    [Fact]
    public void FilesOfOneFolderWithANumber_AreAlikeByThat_AndThoseOfManyByTheirNames()
    {
        FdSample[] libraries = [.. Enumerable.Range(0, 40).Select(static i => Fd("File", $"/usr/share/dotnet/10.0.12/{Letters(i)}.dll"))];
        FdSample[] processes = [.. Enumerable.Range(0, 90).Select(static i => Fd("File", $"/proc/{1000 + (i / 3)}/{(i % 3) switch { 0 => "stat", 1 => "status", _ => "maps" }}"))];
        Assert.Equal(
            [("/usr/share/dotnet/10.0.12/*", 40), ("/proc/*/maps", 30), ("/proc/*/stat", 30), ("/proc/*/status", 30)],
            Of([.. libraries, .. processes]).Select(static group => (group.What, group.Count)));
    }

    [Fact]
    public void SingleFileOfAFolder_IsCalledByItsName()
        => Assert.Equal(["/etc/passwd", "/srv/log/*"], Of(Fd("File", "/srv/log/a"), Fd("File", "/srv/log/b"), Fd("File", "/etc/passwd")).Select(static group => group.What).Order());

    [Fact]
    public void Oldest_IsTheGreatestAge_WhereverItStands()
    {
        FdSample young = Socket("Tcp CloseWait Outbound");
        FdSample old = young with { Socket = young.Socket! with { Age = TimeSpan.FromHours(6) } };
        FdSample middle = young with { Socket = young.Socket! with { Age = TimeSpan.FromHours(1) } };
        Assert.Equal(TimeSpan.FromHours(6), Assert.Single(Of(young, middle, old, middle, young)).Oldest);
        Assert.Equal(TimeSpan.FromHours(6), Assert.Single(Of(old, middle)).Oldest);
        Assert.Null(Assert.Single(Of(young, young)).Oldest);
    }

    [Theory]
    [InlineData("Udp", "udp on *:ephemeral")]
    [InlineData("Udp Connected", "udp to 10.0.0.1:ephemeral")]
    [InlineData("Tcp Listen", "listen on *:ephemeral")]
    public void EphemeralPorts_EachWithOneSocket_AreOneKind(string kind, string what)
    {
        FdSample[] fds = [.. Enumerable.Range(0, 700).Select(i => WithPort(kind, (ushort)(40000 + i)))];
        FdGroup group = Assert.Single(Of(fds));
        Assert.Equal((what, 700), (group.What, group.Count));
        Assert.All(fds, fd => Assert.True(FdRow.Of(in fd, Details.All).Holds(group.Filter)));
    }

    [Fact]
    public void SharedOrNonEphemeralPort_IsNamed()
        => Assert.Equal(
            [("udp on :40000", 2), ("udp on *:ephemeral", 2), ("udp on :53", 1), ("udp on :54", 1)],
            Of(WithPort("Udp", 40000), WithPort("Udp", 40000), WithPort("Udp", 40001), WithPort("Udp", 40002), WithPort("Udp", 53), WithPort("Udp", 54))
                .OrderByDescending(static group => group.Count).ThenByDescending(static group => group.What.Contains("40000", StringComparison.Ordinal)).ThenBy(static group => group.What, StringComparer.Ordinal)
                .Select(static group => (group.What, group.Count)));

    [Theory]
    [InlineData(100, 100, 0)]
    [InlineData(101, 100, 2)]
    [InlineData(5000, 100, 4901)]
    public void ManyKinds_AreBoundedAndTheRestIsOne(int kinds, int groups, int rest)
    {
        IReadOnlyList<FdGroup> found = Of([.. Enumerable.Range(0, kinds).Select(static i => Fd("File", $"/{Letters(i)}/x"))]);
        Assert.Equal(groups, found.Count);
        Assert.Equal(kinds, found.Sum(static group => group.Count));
        if (rest > 0)
        {
            Assert.Equal(("other", $"{rest} other kinds", rest, rest), (found[^1].Type, found[^1].What, found[^1].Count, found[^1].Kinds));
            Assert.All(found.SkipLast(1), static group => Assert.Equal(1, group.Kinds));
        }
    }

    [Fact]
    public void LargestFirst_AndInOrder()
    {
        FdSample[] fds = [Fd("Pipe", "pipe:[1]"), Fd("File", "/b/1"), Fd("File", "/b/2"), Fd("File", "/a/1"), Fd("File", "/a/2"), Fd("EventFd", "x"), Fd("Pipe", "pipe:[2]"), Fd("Pipe", "pipe:[3]")];
        Assert.Equal(["pipe", "/a/*", "/b/*", "x"], Of(fds).Select(static group => group.What));
        Array.Reverse(fds);
        Assert.Equal(["pipe", "/a/*", "/b/*", "x"], Of(fds).Select(static group => group.What));
    }

    [Fact]
    public void AnyStrings_AddUp()
        => Gen.Select(Gen.Int[0, FdTypeCounts.Length - 1], Gen.String, Gen.Int[0, 2]).Array[0, 300].Sample(rows =>
        {
            FdRow[] fds = [.. rows.Select(static (row, i) => FdRow.Of(
                new FdSample(i, (FdType)row.Item1, row.Item2, row.Item3 == 0 ? null : new SocketSample(SocketProtocol.Unix, Path: row.Item2)),
                row.Item3 != 1 ? Details.All : Details.None))];
            IReadOnlyList<FdGroup> groups = FdGroup.Of(fds);
            Assert.InRange(groups.Count, 0, FdGroup.MostGroups);
            Assert.Equal(fds.Length, groups.Sum(static group => group.Count));
            Assert.All(groups, group => Assert.True(fds.Count(fd => fd.Holds(group.Filter)) >= group.Count, $"{group}"));
        });

    private static string Letters(int number) => new([.. number.ToString("D4", CultureInfo.InvariantCulture).Select(static digit => (char)(digit - '0' + 'k'))]);

    private static FdSample WithPort(string kind, ushort port)
    {
        FdSample fd = Socket(kind);
        return fd with
        {
            Socket = kind.Contains("Connected", StringComparison.Ordinal)
                ? fd.Socket! with { Remote = new ConnectionAddress(0, 0xffff_0a00_0001, port) }
                : fd.Socket! with { Local = new ConnectionAddress(0, 0, port) },
        };
    }

    private static IReadOnlyList<FdGroup> Of(params FdSample[] fds) => FdGroup.Of(fds.Select(static fd => FdRow.Of(in fd, Details.All)));

    private static FdSample Fd(string type, string target) => new(3, Enum.Parse<FdType>(type), target, null);

    private static FdSample Socket(string kind)
    {
        string[] words = kind.Split(' ');
        SocketProtocol protocol = Enum.Parse<SocketProtocol>(words[0]);
        if (kind.EndsWith("InNoTable", StringComparison.Ordinal))
        {
            return new FdSample(3, FdType.Socket, "socket:[7]", new SocketSample(protocol, IsInNoTable: true));
        }

        bool isInet = protocol is SocketProtocol.Tcp or SocketProtocol.Udp or SocketProtocol.Raw;
        return new FdSample(3, FdType.Socket, "socket:[7]", new SocketSample(
            protocol,
            protocol == SocketProtocol.Tcp ? Enum.Parse<TcpState>(words[1]) : null,
            words.Length > 2 ? Enum.Parse<ConnectionDirection>(words[2]) : null,
            isInet ? s_local : null,
            isInet && words.Length > 1 && words[1] != "Listen" ? s_peer : null,
            Path: protocol == SocketProtocol.Unix && words.Length > 1 ? words[1] : null));
    }
}
