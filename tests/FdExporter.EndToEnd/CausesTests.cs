using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Why a socket stays in CLOSE_WAIT, in situations that real programs create on the real kernel.</summary>
public class CausesTests
{
    private const string Prelude = """
        import ctypes, socket, sys, threading, time
        def name(text): ctypes.CDLL(None).prctl(15, text.encode(), 0, 0, 0)
        def server(backlog=200):
            s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(("127.0.0.1", 0)); s.listen(backlog)
            return s
        def pair(listener):
            c = socket.create_connection(listener.getsockname()); return c, listener.accept()[0]
        def queued(c, n):
            while len(c.recv(65536, socket.MSG_PEEK)) < n: pass
        def say(*words): print(*words, flush=True)

        """;

    /// <summary>
    /// The program sends a request and usually gets an answer; what happens to the connection afterwards differs. The number of
    /// unread bytes distinguishes the TLS close message from an answer that was never read.
    /// </summary>
    [Fact]
    public async Task Unread_CloseMessageAndAnswers_AreDistinguished()
    {
        await using Child program = Run("""
            name("caller")
            tls = [23, 24, 31, 57, 69, 85]
            names = ["read", "idle", "farewell", "hung", "hunglater", "tlslike"] + ["tls%d" % n for n in tls]
            pools = {n: [] for n in names}
            ports = {n: server() for n in names}
            def ask(n, answer):
                for _ in range(5):
                    c, s = pair(ports[n])
                    c.sendall(b"?"); s.recv(1)
                    if answer: s.sendall(answer)
                    pools[n].append((c, s))
            def each(n, what):
                for c, s in pools[n]: what(c, s)
            for n in names: ask(n, b"answer")
            for n in names:
                if n not in ("hung", "hunglater", "tlslike"): each(n, lambda c, s: c.recv(6))
            ask("tlslike", b"x" * 24)  # an answer as long as the end of a TLS session, at once
            for c, s in pools["tlslike"][:5]: c.close(); s.close()
            del pools["tlslike"][:5]
            each("read", lambda c, s: (s.close(), c.recv(1)))
            each("hung", lambda c, s: s.close())
            each("tlslike", lambda c, s: s.close())
            time.sleep(1)
            for n in tls: each("tls%d" % n, lambda c, s: (s.sendall(b"x" * n), s.close()))
            time.sleep(2.2)
            each("idle", lambda c, s: s.close())
            each("hunglater", lambda c, s: s.close())
            each("farewell", lambda c, s: (s.sendall(b"x" * 149), s.close()))
            for n in names:
                if n not in ("read", "idle"): each(n, lambda c, s: queued(c, 6))
            say("ready", " ".join("%s=%d" % (n, ports[n].getsockname()[1]) for n in names))
            time.sleep(120)
            """);
        string[] ports = (await program.WaitForLineAsync("ready "))[6..].Split(' ');
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(
            [
                ("farewell", "not_noticed", 5), ("hung", "not_read", 5), ("hunglater", "not_read", 5), ("idle", "not_noticed", 5), ("read", "not_closed", 5),
                ("tls23", "not_noticed", 5), ("tls24", "not_noticed", 5), ("tls31", "not_noticed", 5), ("tls57", "not_noticed", 5), ("tls69", "not_noticed", 5),
                ("tls85", "not_noticed", 5), ("tlslike", "not_read", 5),
            ],
            CausesOf(metrics, "caller", ports));
        Assert.Equal(60, metrics["fd_group_tcp_sockets{group=\"caller\",state=\"close_wait\"}"]);
        string inspection = await exporter.GetAsync(FormattableString.Invariant($"/api/v1/processes/{program.Pid}?limit=1000&q=close_wait"));
        Assert.Contains("\"close_wait_by_cause\": {\"not_closed\":5,\"not_noticed\":40,\"not_read\":15}", OnOneLine(inspection), StringComparison.Ordinal);
        Assert.Equal(40, inspection.Split("\"cause\":\"not_noticed\"").Length - 1);
    }

    /// <summary>After keepalive probes the kernel no longer knows that the close message came together with the FIN.</summary>
    [Fact]
    public async Task CloseMessage_OnceKnown_StaysOneWhenProbesResetTheKernelsMemory()
    {
        await using Child program = Run("""
            name("prober")
            listener, held = server(), []
            for _ in range(3):
                c, s = pair(listener)
                c.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                c.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 3); c.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
                c.sendall(b"?"); s.recv(1); held.append((c, s))
            time.sleep(3.2)
            say("idle")
            sys.stdin.readline()
            for c, s in held: s.sendall(b"x" * 149); s.shutdown(socket.SHUT_WR); queued(c, 149)
            say("ready", "farewell=%d" % listener.getsockname()[1])
            time.sleep(120)
            """);
        await program.WaitForLineAsync("idle");
        await using Exporter early = await Exporter.StartAsync();
        await program.WriteLineAsync("");
        string[] ports = (await program.WaitForLineAsync("ready "))[6..].Split(' ');
        Assert.Equal([("farewell", "not_noticed", 3)], CausesOf(await early.ScrapeAsync(), "prober", ports));

        // A later probe is answered after the others have reset the kernel's state.
        await Eventually.TrueAsync(
            async () =>
            {
                await using Exporter late = await Exporter.StartAsync();
                return CausesOf(await late.ScrapeAsync(), "prober", ports) is [("farewell", "not_read", 3)];
            },
            static () => "no probe was answered");
        Assert.Equal([("farewell", "not_noticed", 3)], CausesOf(await early.ScrapeAsync(), "prober", ports));
    }

    /// <summary>
    /// Half-closed clients that are answered are no leak; when the program stops, they become one. A client that does not read
    /// the data waiting for it does not count as answered either.
    /// </summary>
    [Fact]
    public async Task StillSending_IsInNoAccusationAndHasNoAge_UntilTheProgramStops()
    {
        // It is a minute old by then.
        await using Child pooler = Run("""
            name("pooler")
            listener, held = server(), []
            for i in range(120):
                c, s = pair(listener); s.close(); held.append(c)
                if i % 3 == 0: assert c.recv(1) == b""
            say("ready", "pool=%d" % listener.getsockname()[1])
            time.sleep(200)
            """);
        string pool = PortOf((await pooler.WaitForLineAsync("ready "))[6..]);
        await using Child program = Run("""
            name("answerer")
            listener, stuck, goes = server(), server(), [True]
            held = [pair(listener) for _ in range(120)]
            for c, s in held: c.sendall(b"?"); c.shutdown(socket.SHUT_WR); assert s.recv(2) == b"?" and s.recv(1) == b""
            blocked = [pair(stuck) for _ in range(2)]
            for c, s in blocked:
                s.setblocking(False); c.shutdown(socket.SHUT_WR)
                try:
                    while True: s.send(b"x" * 65536)
                except BlockingIOError: pass
            def answer():
                while goes[0]:
                    for c, s in held: s.sendall(b"!"); c.recv(1)
                    time.sleep(0.2)
                say("stopped")
            threading.Thread(target=answer).start()
            time.sleep(0.6)
            say("ready", "answered=%d stuck=%d" % (listener.getsockname()[1], stuck.getsockname()[1]))
            sys.stdin.readline()
            goes[0] = False
            time.sleep(200)
            """);
        string[] ports = (await program.WaitForLineAsync("ready "))[6..].Split(' ');
        await using Exporter exporter = await Exporter.StartAsync("--verdict.close-wait=5");
        for (int look = 0; look < 2; look++)
        {
            Metrics metrics = await exporter.ScrapeAsync();
            Assert.Equal([("answered", "still_sending", 120), ("stuck", "still_sending", 2)], CausesOf(metrics, "answerer", ports));
            Assert.Equal(122, metrics["fd_group_tcp_sockets{group=\"answerer\",state=\"close_wait\"}"]);
            Assert.All(metrics.With("fd_close_wait_oldest_seconds", ("group", "answerer")), static each => Assert.Equal(0, each.Value));
            Assert.All(metrics.With("fd_close_wait_aged_sockets", ("group", "answerer")), static each => Assert.Equal(0, each.Value));
            Assert.DoesNotContain("answerer", await exporter.GetAsync("/explain"), StringComparison.Ordinal);
        }

        await program.WriteLineAsync("");
        await program.WaitForLineAsync("stopped");
        Metrics last = await exporter.ScrapeAsync();
        await Eventually.TrueAsync(
            async () => CausesOf(last = await exporter.ScrapeAsync(), "answerer", ports) is [("answered", "not_closed", 120), ("stuck", "not_noticed", 2)],
            () => string.Join('\n', last.With("fd_close_wait_sockets", ("group", "answerer"))),
            TimeSpan.FromSeconds(61));
        Assert.InRange(last[$"fd_close_wait_oldest_seconds{{group=\"answerer\",direction=\"inbound\",address=\":{PortOf(ports[0])}\"}}"], 58, 62);
        await Stuck.ForAMinuteAsync(exporter, ("answerer", 122), ("pooler", 120));
        string verdict = OneLine(await exporter.GetAsync("/explain"));
        Assert.Contains("answerer has read all data and not closed them", verdict, StringComparison.Ordinal);

        // Of two causes the largest is named, with the settings of pools.
        Assert.Contains($"pooler (pid {pooler.Pid}) holds 120 sockets in CLOSE_WAIT to 127.0.0.1:{pool}: the peer closed them, pooler has not noticed", verdict, StringComparison.Ordinal);
        Assert.Contains("(cause not_noticed 80, not_closed 40)", verdict, StringComparison.Ordinal);
        foreach (string setting in (string[])["evictIdleConnections", "keepAliveDuration", "Body.Close", "IdleConnTimeout", "PooledConnectionIdleTimeout", "HikariCP", "JedisPoolConfig", "requests"])
        {
            Assert.Contains(setting, verdict, StringComparison.Ordinal);
        }
    }

    /// <summary>An upload to a server that has closed its side: data that moves between two scans shows it.</summary>
    [Fact]
    public async Task StillSending_OfAnOutboundConnection_IsKnownAtTheSecondScan()
    {
        await using Child program = Run("""
            name("uploader")
            listener = server()
            c, s = pair(listener)
            s.shutdown(socket.SHUT_WR); assert c.recv(1) == b""
            say("ready", "upload=%d" % listener.getsockname()[1])
            for line in sys.stdin: c.sendall(b"more"); s.recv(4); say("sent")
            """);
        string[] ports = (await program.WaitForLineAsync("ready "))[6..].Split(' ');
        await using Exporter exporter = await Exporter.StartAsync();
        Assert.Equal([("upload", "not_closed", 1)], CausesOf(await exporter.ScrapeAsync(), "uploader", ports));
        await program.WriteLineAsync("");
        await program.WaitForLineAsync("sent");
        Assert.Equal([("upload", "still_sending", 1)], CausesOf(await exporter.ScrapeAsync(), "uploader", ports));
        string inspection = await exporter.GetAsync(FormattableString.Invariant($"/api/v1/processes/{program.Pid}?q=close_wait"));
        Assert.Contains("\"cause\":\"still_sending\"", inspection, StringComparison.Ordinal);
        Assert.DoesNotContain("\"age_seconds\"", inspection, StringComparison.Ordinal);
    }

    private static IReadOnlyList<(string Name, string Cause, double Count)> CausesOf(Metrics metrics, string group, string[] ports)
        => [.. metrics.With("fd_close_wait_sockets", ("group", group))
            .Where(static each => each.Value > 0)
            .Select(each => (
                ports.Single(port => Metrics.LabelOf(each.Key, "address").EndsWith($":{PortOf(port)}", StringComparison.Ordinal)).Split('=')[0],
                Metrics.LabelOf(each.Key, "cause"),
                each.Value))
            .Order()];

    private static string PortOf(string port) => port.Split('=')[1];

    private static string OneLine(string text) => string.Join(' ', text.Split((char[])[' ', '\n', '\u00a0'], StringSplitOptions.RemoveEmptyEntries));

    private static string OnOneLine(string json) => string.Concat(json.Split('\n', StringSplitOptions.TrimEntries)).Replace("\": ", "\":", StringComparison.Ordinal).Replace("cause\":{", "cause\": {", StringComparison.Ordinal);

    private static Child Run(string code) => Child.Start("python3", "-c", Prelude + code);
}
