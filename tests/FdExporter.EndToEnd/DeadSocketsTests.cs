using System.Globalization;
using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>
/// When keepalive meets a reset, leaked sockets leave CLOSE_WAIT: they are still held, and no table shows them. On the real kernel.
/// </summary>
public partial class DeadSocketsTests
{
    private const string Prelude = """
        import ctypes, select, socket, sys, time
        def name(text): ctypes.CDLL(None).prctl(15, text.encode(), 0, 0, 0)
        def say(*words): print(*words, flush=True)
        def wait_until_reset(sockets):
            poll = select.poll()
            for s in sockets: poll.register(s, 0)
            left = {s.fileno() for s in sockets}
            while left:
                for fd, event in poll.poll():
                    poll.unregister(fd); left.discard(fd)

        """;

    [Fact]
    public async Task SocketsResetInCloseWait_StayCounted_AndAreReportedWithThoseInCloseWait()
    {
        // The server's end is gone one second after it was closed (TCP_LINGER2), so that a keepalive probe meets a reset.
        await using Child program = Run("""
            name("appserver8")
            listener = socket.create_server(("127.0.0.1", 0))
            address, held = listener.getsockname(), []
            for _ in range(150):
                c = socket.create_connection(address)
                s = listener.accept()[0]
                s.setsockopt(socket.IPPROTO_TCP, socket.TCP_LINGER2, 1)
                s.close()
                assert c.recv(1) == b""
                held.append(c)
            say("ready", address[1])
            sys.stdin.readline()
            for c in held[:120]:
                c.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
                c.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            wait_until_reset(held[:120])
            say("reset")
            time.sleep(120)
            """);
        string port = (await program.WaitForLineAsync("ready "))[6..];
        await using Exporter exporter = await Exporter.StartAsync();
        Metrics before = await exporter.ScrapeAsync();
        Assert.Equal(150, before.Sum("fd_close_wait_sockets", ("group", "appserver8")));

        await program.WriteLineAsync("");
        await program.WaitForLineAsync("reset");
        Metrics after = await exporter.ScrapeAsync();
        Assert.Equal(30, after.Sum("fd_close_wait_sockets", ("group", "appserver8")));
        Assert.Equal(120, after["fd_group_dead_sockets{group=\"appserver8\"}"]);
        Assert.Equal(before["fd_group_open_fds{group=\"appserver8\"}"], after["fd_group_open_fds{group=\"appserver8\"}"]);

        string sentence = $"appserver8 (pid {program.Pid}) holds 30 sockets in CLOSE_WAIT to 127.0.0.1:{port} and 120 more whose connections were reset: the peer closed them,";
        Assert.Contains(sentence, (await exporter.GetAsync("/explain?format=text")).ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("\"dead_sockets\": 120", await exporter.GetAsync("/api/v1/processes?q=appserver8"), StringComparison.Ordinal);

        // An exporter that has never seen them in a table asks the kernel.
        await using Exporter late = await Exporter.StartAsync();
        _ = await late.ScrapeAsync();
        Assert.Equal(120, (await late.ScrapeAsync())["fd_group_dead_sockets{group=\"appserver8\"}"]);
        (_, string single, _) = await Child.RunAsync(Exporter.Binary, null, "explain");
        Match told = Told().Match(single.ReplaceLineEndings(" "));
        Assert.InRange(told.Success ? int.Parse(told.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0, 108, 120);
        (_, string inspection, _) = await Child.RunAsync(Exporter.Binary, null, "inspect", program.Pid.ToString(CultureInfo.InvariantCulture));
        Assert.Contains("in no socket table", inspection, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SocketsOfOtherProtocols_AndConnectionsThatAreNew_AreNotDead()
    {
        await using Child program = Run("""
            name("lively8")
            kept = [s for _ in range(30) for s in socket.socketpair()] + [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(30)]
            listener = socket.create_server(("127.0.0.1", 0))
            def connect(count):
                for _ in range(count):
                    kept.extend([socket.create_connection(listener.getsockname()), listener.accept()[0]])
            connect(20)
            never = [socket.socket() for _ in range(3)]
            say("ready")
            while sys.stdin.readline():
                connect(20)
                say("more")
            """);
        await program.WaitForLineAsync("ready");
        await using Exporter exporter = await Exporter.StartAsync();
        _ = await exporter.ScrapeAsync();
        for (int i = 0; i < 3; i++)
        {
            Task<Metrics> scrape = exporter.ScrapeAsync();
            await program.WriteLineAsync("");
            await program.WaitForLineAsync("more");
            _ = await scrape;
            Assert.Equal(3, (await exporter.ScrapeAsync())["fd_group_dead_sockets{group=\"lively8\"}"]);
        }
    }

    private static Child Run(string program) => Child.Start("/usr/bin/python3", "-c", Prelude + program);

    [GeneratedRegex(@"appserver8 \(pid\s\d+\) holds 30 sockets in CLOSE_WAIT to \S+ and (\d+) more whose connections were reset")]
    private static partial Regex Told();
}
