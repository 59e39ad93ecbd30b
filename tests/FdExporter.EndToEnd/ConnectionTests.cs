using System.Globalization;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Who dialled, who accepts and who opened: what ports and descriptors alone do not tell. On the real kernel.</summary>
public class ConnectionTests
{
    [Fact]
    public async Task Dialled_FromThePortOnWhichTheProgramListens_IsOutbound()
    {
        await using Child program = Run("""
            name("dialler")
            def shared(address):
                s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1); s.bind(address); return s
            listener = shared(("127.0.0.1", 0)); listener.listen()
            port, kept = listener.getsockname()[1], []
            peers = [server("127.0.5.%d" % i) for i in range(1, 31)]
            for peer in peers:
                c = shared(("127.0.0.1", port))
                c.connect(peer.getsockname()); peer.accept()[0].close(); c.recv(1); kept.append(c)
            say("ready", port)
            time.sleep(60)
            """);
        await program.WaitForLineAsync("ready ");
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(30, metrics.Sum("fd_close_wait_sockets", ("group", "dialler"), ("direction", "outbound")));
        Assert.Empty(metrics.With("fd_close_wait_sockets", ("group", "dialler"), ("direction", "inbound")));
        Assert.Equal(30, metrics.With("fd_close_wait_sockets", ("group", "dialler")).Count(static each => each.Key.Contains("address=\"127.0.5.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Dialled_FromPortsOnWhichAnotherListensElsewhere_IsOutbound()
    {
        await using Child program = Run("""
            name("dialler2")
            peer, kept, others = server(), [], []
            for i in range(30):
                c = socket.create_connection(peer.getsockname()); peer.accept()[0].close(); c.recv(1); kept.append(c)
                others.append(server("127.0.6.1", c.getsockname()[1]))
            say("ready", peer.getsockname()[1])
            time.sleep(60)
            """);
        string port = (await program.WaitForLineAsync("ready "))[6..];
        await using Exporter exporter = await Exporter.StartAsync();
        AssertOnly(await exporter.ScrapeAsync(), "dialler2", "outbound", $"127.0.0.1:{port}", "not_closed", 30);
        Assert.DoesNotContain("inbound", await exporter.GetAsync(FormattableString.Invariant($"/api/v1/processes/{program.Pid}?limit=1000&q=close_wait")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Accepted_ByAListenerThatIsClosedSince_IsInbound(bool isSeenBefore)
    {
        await using Child program = Run("""
            name("drainer")
            listener = server()
            port = listener.getsockname()[1]
            clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(40)]
            held = [listener.accept()[0] for _ in range(40)]
            for c in clients: c.close()
            assert all(s.recv(1) == b"" for s in held)
            say("ready", port)
            sys.stdin.readline()
            listener.close()
            say("closed")
            time.sleep(60)
            """);
        string port = (await program.WaitForLineAsync("ready "))[6..];
        await using Exporter exporter = await Exporter.StartAsync();
        if (isSeenBefore)
        {
            AssertOnly(await exporter.ScrapeAsync(), "drainer", "inbound", $":{port}", "not_closed", 40);
        }

        await program.WriteLineAsync("");
        await program.WaitForLineAsync("closed");
        AssertOnly(await exporter.ScrapeAsync(), "drainer", "inbound", $":{port}", "not_closed", 40);
        string inspection = await exporter.GetAsync(FormattableString.Invariant($"/api/v1/processes/{program.Pid}?limit=1000&q=close_wait"));
        Assert.Equal(40, inspection.Split("\"direction\": \"inbound\"").Length - 1);
    }

    [Fact]
    public async Task Mptcp_IsCountedOnce_InTheStateOfTheWhole()
    {
        await using Child program = Run("""
            name("mpserver")
            listener = server(kind=262)
            port = listener.getsockname()[1]
            def client():
                c = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262); c.connect(("127.0.0.1", port)); return c
            clients = [client() for _ in range(40)]
            held = [listener.accept()[0] for _ in range(30)]
            for c in clients: c.close()
            assert all(s.recv(1) == b"" for s in held)
            say("ready", port)
            time.sleep(60)
            """);
        string port = (await program.WaitForLineAsync("ready "))[6..];
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(30, metrics[$"fd_close_wait_sockets{{group=\"mpserver\",direction=\"inbound\",address=\":{port}\",cause=\"unknown\"}}"]);
        Assert.Equal(10, metrics[$"fd_close_wait_sockets{{group=\"mpserver\",direction=\"inbound\",address=\":{port}\",cause=\"not_accepted\"}}"]);
        Assert.Equal(40, metrics.Sum("fd_close_wait_sockets", ("group", "mpserver")));
        Assert.Equal(
            [("close_wait", 30), ("listen", 1)],
            metrics.With("fd_group_tcp_sockets", ("group", "mpserver")).Where(static each => each.Value > 0)
                .Select(static each => (Metrics.LabelOf(each.Key, "state"), each.Value)).Order());
        string inspection = await exporter.GetAsync(FormattableString.Invariant($"/api/v1/processes/{program.Pid}?limit=1000&q=close_wait"));
        Assert.Equal(30, inspection.Split("\"state\": \"close_wait\"").Length - 1);
    }

    [Fact]
    public async Task Mptcp_WhoseClientsSpeakPlainTcp_IsPlainTcp()
    {
        await using Child program = Run("""
            name("mpplain")
            listener = server(kind=262)
            clients = [socket.create_connection(listener.getsockname()) for _ in range(20)]
            held = [listener.accept()[0] for _ in range(20)]
            for c in clients: c.close()
            assert all(s.recv(1) == b"" for s in held)
            say("ready", listener.getsockname()[1])
            time.sleep(60)
            """);
        string port = (await program.WaitForLineAsync("ready "))[6..];
        await using Exporter exporter = await Exporter.StartAsync();
        AssertOnly(await exporter.ScrapeAsync(), "mpplain", "inbound", $":{port}", "not_closed", 20);
    }

    /// <summary>Two machines of one link-local address, on two links, and two servers of one port, each bound to a link.</summary>
    [Fact]
    public async Task Interfaces_TellTwoLinksApart()
    {
        await using Child peer = Child.Start("unshare", "--net", "python3", "-c", PythonProgram.Prelude + """
            say("ready")
            sys.stdin.readline()
            servers = []
            for link in ("p1", "p2"):
                s = socket.socket(socket.AF_INET6); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                s.bind(("fe80::1", 7777, 0, socket.if_nametoindex(link))); s.listen(50); servers.append(s)
            say("listening")
            for s in servers:
                for _ in range(5): s.accept()[0].close()
            sys.stdin.readline()
            for link, count in (("p1", 2), ("p2", 3)):
                for _ in range(count):
                    c = socket.socket(socket.AF_INET6); c.connect(("fe80::2", 7778, 0, socket.if_nametoindex(link))); c.close()
            say("closed")
            sys.stdin.readline()
            """);
        await peer.WaitForLineAsync("ready");
        string pid = peer.Pid.ToString(CultureInfo.InvariantCulture);
        foreach (string link in (string[])["1", "2"])
        {
            await IpAsync("link", "add", $"v{link}", "type", "veth", "peer", "name", $"p{link}", "netns", pid);
            await IpAsync("link", "set", $"v{link}", "up");
            await IpAsync("-6", "addr", "add", "fe80::2/64", "dev", $"v{link}", "nodad");
            await InPeerAsync("link", "set", $"p{link}", "up");
            await InPeerAsync("-6", "addr", "add", "fe80::1/64", "dev", $"p{link}", "nodad");
        }

        try
        {
            await peer.WriteLineAsync("");
            await peer.WaitForLineAsync("listening");
            await using Child program = Run("""
                name("linker")
                kept = []
                for link in ("v1", "v2"):
                    for _ in range(5):
                        c = socket.socket(socket.AF_INET6); c.connect(("fe80::1", 7777, 0, socket.if_nametoindex(link))); c.recv(1); kept.append(c)
                for link in ("v1", "v2"):
                    if os.fork() == 0:
                        end_with_parent()
                        for c in kept: c.close()
                        name("server" + link)
                        s = socket.socket(socket.AF_INET6); s.setsockopt(socket.SOL_SOCKET, 25, link.encode())
                        s.bind(("::", 7778)); s.listen(50)
                        say("bound")
                        time.sleep(60); os._exit(0)
                time.sleep(60)
                """);
            await Eventually.TrueAsync(() => program.Output.Split("bound").Length == 3, () => program.Output);
            await peer.WriteLineAsync("");
            await peer.WaitForLineAsync("closed");
            await using Exporter exporter = await Exporter.StartAsync();
            Metrics metrics = await exporter.ScrapeAsync();
            Assert.Equal(5, metrics["fd_close_wait_sockets{group=\"linker\",direction=\"outbound\",address=\"[fe80::1]%v1:7777\",cause=\"not_closed\"}"]);
            Assert.Equal(5, metrics["fd_close_wait_sockets{group=\"linker\",direction=\"outbound\",address=\"[fe80::1]%v2:7777\",cause=\"not_closed\"}"]);
            Assert.Equal(2, metrics["fd_close_wait_sockets{group=\"serverv1\",direction=\"inbound\",address=\"*%v1:7778\",cause=\"not_accepted\"}"]);
            Assert.Equal(3, metrics["fd_close_wait_sockets{group=\"serverv2\",direction=\"inbound\",address=\"*%v2:7778\",cause=\"not_accepted\"}"]);
        }
        finally
        {
            await IpAsync("link", "del", "v1");
            await IpAsync("link", "del", "v2");
        }

        Task InPeerAsync(params string[] arguments) => AssertRunsAsync("nsenter", ["-t", pid, "--net", "ip", .. arguments]);
    }

    private static Task IpAsync(params string[] arguments) => AssertRunsAsync("ip", arguments);

    private static async Task AssertRunsAsync(string program, string[] arguments)
    {
        (int code, string output, string error) = await Child.RunAsync(program, null, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}: {output}{error}");
    }

    private static Child Run(string code) => PythonProgram.Run(code);

    private static void AssertOnly(Metrics metrics, string group, string direction, string endpoint, string cause, double count)
        => Assert.Equal(
            [($"fd_close_wait_sockets{{group=\"{group}\",direction=\"{direction}\",address=\"{endpoint}\",cause=\"{cause}\"}}", count)],
            metrics.With("fd_close_wait_sockets", ("group", group)).Select(static each => (each.Key, each.Value)));
}
