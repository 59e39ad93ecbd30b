using System.Globalization;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Who dialled, who accepts and who opened: what ports and descriptors alone do not tell. On the real kernel.</summary>
public class ConnectionTests
{
    private const string Prelude = """
        import ctypes, os, socket, subprocess, sys, time
        def name(text): ctypes.CDLL(None).prctl(15, text.encode(), 0, 0, 0)
        def end_with_parent(): ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)
        def server(host="127.0.0.1", port=0, backlog=200, kind=0):
            s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, kind)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind((host, port)); s.listen(backlog)
            return s
        def say(*words): print(*words, flush=True)

        """;

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
        Assert.Equal(30, metrics.With("fd_close_wait_sockets", ("group", "dialler")).Count(static each => each.Key.Contains("endpoint=\"127.0.5.", StringComparison.Ordinal)));
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
        Assert.Equal(30, metrics[$"fd_close_wait_sockets{{group=\"mpserver\",direction=\"inbound\",endpoint=\":{port}\",cause=\"unknown\"}}"]);
        Assert.Equal(10, metrics[$"fd_close_wait_sockets{{group=\"mpserver\",direction=\"inbound\",endpoint=\":{port}\",cause=\"not_accepted\"}}"]);
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

    /// <summary>A supervisor opens the listener and never accepts by design; the child that got it should.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task NotAccepted_OfASupervisorsListener_IsBlamedOnItsChild(int accepted)
    {
        await using Child program = Run(FormattableString.Invariant($$"""
            name("supervisor")
            listener = server()
            if os.fork() == 0:
                end_with_parent()
                name("workload")
                held = [listener.accept()[0] for _ in range({{accepted}})]
                say("waiting")
                time.sleep(60); os._exit(0)
            clients = [socket.create_connection(listener.getsockname()) for _ in range({{accepted + 15}})]
            time.sleep(0.5)
            for c in clients[{{accepted}}:]: c.close()
            say("ready", listener.getsockname()[1])
            time.sleep(60)
            """));
        await program.WaitForLineAsync("waiting");
        string port = (await program.WaitForLineAsync("ready "))[6..];
        await using Exporter exporter = await Exporter.StartAsync();
        AssertOnly(await exporter.ScrapeAsync(), "workload", "inbound", $":{port}", "not_accepted", 15);
        string verdict = await exporter.GetAsync("/explain");
        Assert.Contains("workload never accepted them", OneLine(verdict), StringComparison.Ordinal);
        Assert.DoesNotContain("supervisor", verdict, StringComparison.Ordinal);
    }

    /// <summary>Of a master and its workers a worker that is stopped is to blame, and how many they are is said.</summary>
    [Fact]
    public async Task NotAccepted_ByAMasterAndItsWorkers_NamesHowManyAndTheOneThatIsStopped()
    {
        await using Child program = Run("""
            import signal
            name("prefork")
            listener = server()
            workers = []
            for i in range(3):
                pid = os.fork()
                if pid == 0:
                    end_with_parent()
                    time.sleep(60); os._exit(0)
                workers.append(pid)
            os.kill(workers[1], signal.SIGSTOP)
            os.waitid(os.P_PID, workers[1], os.WSTOPPED)
            clients = [socket.create_connection(listener.getsockname()) for _ in range(15)]
            for c in clients: c.close()
            say("ready", workers[1])
            time.sleep(60)
            """);
        string stopped = (await program.WaitForLineAsync("ready "))[6..];
        await using Exporter exporter = await Exporter.StartAsync();
        string verdict = OneLine(await exporter.GetAsync("/explain"));
        Assert.Contains("none of the 4 processes that hold the listener accepted them", verdict, StringComparison.Ordinal);
        Assert.Contains($"prefork (pid {stopped}) has 15 connections", verdict, StringComparison.Ordinal);
    }

    /// <summary>A server without SOCK_CLOEXEC starts a helper, which then holds its connections.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Inherited_ByAHelper_IsTheServersFault(bool listenerToo)
    {
        await using Child program = Run(FormattableString.Invariant($$"""
            name("leakyserver")
            listener = server()
            listener.set_inheritable({{(listenerToo ? "True" : "False")}})
            clients, accepted = [], []
            for _ in range(110):
                clients.append(socket.create_connection(listener.getsockname()))
                a = listener.accept()[0]; a.set_inheritable(True); accepted.append(a)
            helper = subprocess.Popen(["sleep", "60"], close_fds=False, preexec_fn=end_with_parent)
            for a in accepted: a.close()
            for c in clients: c.close()
            say("ready", listener.getsockname()[1])
            helper.wait()
            """));
        string port = (await program.WaitForLineAsync("ready "))[6..];
        await using Exporter exporter = await Exporter.StartAsync();
        AssertOnly(await exporter.ScrapeAsync(), "sleep", "inbound", $":{port}", "not_noticed", 110);
        string verdict = OneLine(await exporter.GetAsync("/explain"));
        Assert.Contains(FormattableString.Invariant($"it inherited them from leakyserver (pid {program.Pid})"), verdict, StringComparison.Ordinal);
        Assert.Contains("leakyserver must open its sockets with SOCK_CLOEXEC", verdict, StringComparison.Ordinal);
        Assert.DoesNotContain("has not noticed", verdict, StringComparison.Ordinal);
    }

    /// <summary>Sockets that were the server's when the exporter saw them first.</summary>
    [Fact]
    public async Task Inherited_WhenTheServerHasEnded_IsStillTheServersFault()
    {
        await using Child program = Run("""
            name("goneserver")
            listener = server()
            clients, accepted = [], []
            for _ in range(110):
                clients.append(socket.create_connection(listener.getsockname()))
                a = listener.accept()[0]; a.set_inheritable(True); accepted.append(a)
            clients[0].send(b"x" * 10)
            sys.stdin.readline()
            helper = subprocess.Popen(["sleep", "60"], close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            say("helper", helper.pid)
            sys.stdin.readline()
            """);
        await using Exporter exporter = await Exporter.StartAsync();
        await Eventually.TrueAsync(
            async () => (await exporter.ScrapeAsync()).Sum("fd_group_tcp_sockets", ("group", "goneserver"), ("state", "established")) == 220, () => "not seen");
        await program.WriteLineAsync("");
        int helper = int.Parse((await program.WaitForLineAsync("helper "))[7..], CultureInfo.InvariantCulture);
        try
        {
            await exporter.ScrapeAsync();
            await program.WriteLineAsync("");
            await program.WaitForExitAsync();
            string verdict = "";
            await Eventually.TrueAsync(
                async () => (verdict = OneLine(await exporter.GetAsync("/explain"))).Contains("it inherited them from goneserver", StringComparison.Ordinal),
                () => verdict);
        }
        finally
        {
            Child.Signal(helper, 9);
        }
    }

    /// <summary>What a worker accepted itself, from a listener that it got, is its own.</summary>
    [Fact]
    public async Task Accepted_FromAnInheritedListener_IsTheWorkersOwn()
    {
        await using Child program = Run("""
            name("circusd")
            listener = server()
            if os.fork() == 0:
                end_with_parent()
                name("webworker")
                time.sleep(0.5)
                held = []
                while len(held) < 110:
                    c = socket.create_connection(listener.getsockname())
                    held.append(listener.accept()[0])
                    c.close()
                assert all(s.recv(1) == b"" for s in held)
                say("ready", listener.getsockname()[1])
                time.sleep(60); os._exit(0)
            time.sleep(60)
            """);
        string port = (await program.WaitForLineAsync("ready "))[6..];
        await using Exporter exporter = await Exporter.StartAsync();
        AssertOnly(await exporter.ScrapeAsync(), "webworker", "inbound", $":{port}", "not_closed", 110);
        string verdict = OneLine(await exporter.GetAsync("/explain"));
        Assert.Contains("webworker has read all data and not closed them", verdict, StringComparison.Ordinal);
        Assert.DoesNotContain("inherited", verdict, StringComparison.Ordinal);
    }

    /// <summary>A program that opens everything right at its start, whatever started it.</summary>
    [Fact]
    public async Task Opened_RightAtTheStart_IsTheProgramsOwn()
    {
        await using Child program = Run("""
            name("parent")
            own = server()
            kept = [socket.create_connection(own.getsockname()) for _ in range(10)]
            peer = server(backlog=300)
            if os.fork() == 0:
                end_with_parent()
                name("hasty")
                own.close()
                for c in kept: c.close()
                held = [socket.create_connection(peer.getsockname()) for _ in range(120)]
                for _ in held: peer.accept()[0].close()
                peer.close()
                assert all(s.recv(1) == b"" for s in held)
                say("ready")
                time.sleep(60); os._exit(0)
            peer.close()
            time.sleep(60)
            """);
        await program.WaitForLineAsync("ready");
        await using Exporter exporter = await Exporter.StartAsync();
        string verdict = OneLine(await exporter.GetAsync("/explain"));
        Assert.Contains("hasty has read all data and not closed them", verdict, StringComparison.Ordinal);
        Assert.DoesNotContain("inherited", verdict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyPeers_AreOneSentence()
    {
        await using Child program = Run("""
            name("spreader")
            kept, port = [], 0
            for i in range(1, 31):
                l = server("127.0.7.%d" % i, port); port = l.getsockname()[1]
                for _ in range(20):
                    c = socket.create_connection(l.getsockname()); l.accept()[0].close(); c.recv(1); kept.append(c)
                l.close()
            say("ready", port)
            time.sleep(60)
            """);
        string port = (await program.WaitForLineAsync("ready "))[6..];
        await using Exporter exporter = await Exporter.StartAsync();
        string verdict = OneLine(await exporter.GetAsync("/explain"));
        Assert.Contains($"holds 600 sockets in CLOSE_WAIT to 30 peers on port {port}, such as 127.0.7.", verdict, StringComparison.Ordinal);
        Assert.Single(verdict.Split("in CLOSE_WAIT to").Skip(1));
    }

    /// <summary>Two machines of one link-local address, on two links, and two servers of one port, each bound to a link.</summary>
    [Fact]
    public async Task Interfaces_TellTwoLinksApart()
    {
        await using Child peer = Child.Start("unshare", "--net", "python3", "-c", Prelude + """
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
            Assert.Equal(5, metrics["fd_close_wait_sockets{group=\"linker\",direction=\"outbound\",endpoint=\"[fe80::1]%v1:7777\",cause=\"not_closed\"}"]);
            Assert.Equal(5, metrics["fd_close_wait_sockets{group=\"linker\",direction=\"outbound\",endpoint=\"[fe80::1]%v2:7777\",cause=\"not_closed\"}"]);
            Assert.Equal(2, metrics["fd_close_wait_sockets{group=\"serverv1\",direction=\"inbound\",endpoint=\"*%v1:7778\",cause=\"not_accepted\"}"]);
            Assert.Equal(3, metrics["fd_close_wait_sockets{group=\"serverv2\",direction=\"inbound\",endpoint=\"*%v2:7778\",cause=\"not_accepted\"}"]);
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

    private static Child Run(string code) => Child.Start("python3", "-c", Prelude + code);

    private static string OneLine(string text) => string.Join(' ', text.Split((char[])[' ', '\n', '\u00a0'], StringSplitOptions.RemoveEmptyEntries));

    private static void AssertOnly(Metrics metrics, string group, string direction, string endpoint, string cause, double count)
        => Assert.Equal(
            [($"fd_close_wait_sockets{{group=\"{group}\",direction=\"{direction}\",endpoint=\"{endpoint}\",cause=\"{cause}\"}}", count)],
            metrics.With("fd_close_wait_sockets", ("group", group)).Select(static each => (each.Key, each.Value)));
}
