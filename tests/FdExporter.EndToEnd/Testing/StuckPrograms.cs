namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// Programs with sockets that have been stuck for a minute, all at once, so that the tests wait for one minute in total; and
/// the verdict about them.
/// </summary>
public sealed class StuckPrograms : IAsyncLifetime
{
    private const int SIGKILL = 9;
    private const int SIGCONT = 18;
    private const int SIGSTOP = 19;

    private const string Server = """
        name(NAME)
        listener = server(backlog=600)
        say("ready", listener.getsockname()[1])
        """;

    private readonly List<IAsyncDisposable> _started = [];
    private readonly List<int> _stopped = [];
    private readonly List<int> _helpers = [];

    /// <summary>In one line.</summary>
    internal string Verdict { get; private set; } = "";

    /// <summary>The output of <c>explain</c>, which sees them for the first time.</summary>
    internal string Explained { get; private set; } = "";

    internal Metrics Metrics { get; private set; } = Metrics.Parse("");

    /// <summary>The ready line of each program, by its name.</summary>
    internal Dictionary<string, string> Said { get; } = [];

    internal Dictionary<string, int> Pids { get; } = [];

    public async ValueTask InitializeAsync()
    {
        Exporter exporter = Started(await Exporter.StartAsync("--limits.top-processes=1000", "--limits.top-endpoints=1000"));
        Task[] programs =
        [
            .. StandalonePrograms.All().Select(each => RunAsync(each.Name, each.Code)),
            StartBehindAsync(),
            StartGoneServerAsync(exporter),
        ];
        await Task.WhenAll(programs);
        LeakLab uring = Started(await LeakLab.StartAsync("close-wait", "--count", "120", "--hold-peer", "--held-by", "io_uring", "--name", "hideruring"));
        LeakLab inFlight = Started(await LeakLab.StartAsync("close-wait", "--count", "120", "--hold-peer", "--held-by", "in_flight", "--name", "hiderflight"));
        (Pids["hideruring"], Pids["hiderflight"]) = (uring.Child.Pid, inFlight.Child.Pid);
        await Stuck.ForAMinuteAsync(
            exporter,
            ("workload0", 15), ("workload3", 15), ("prefork", 15), ("sleep", 330), ("webworker", 110), ("hasty", 120), ("spreader", 600),
            ("proxyd", 120), ("forker", 120), ("relayd", 120), ("stopd", 20), ("hideruring", 120), ("hiderflight", 120));
        Metrics = await exporter.ScrapeAsync();
        Verdict = OneLine(await exporter.GetAsync("/explain"));
        Explained = OneLine((await Child.RunAsync(Exporter.Binary, null, "explain")).Output);
    }

    public async ValueTask DisposeAsync()
    {
        _stopped.ForEach(static pid => Child.Signal(pid, SIGCONT));
        _helpers.ForEach(static pid => Child.Signal(pid, SIGKILL));
        foreach (IAsyncDisposable program in Enumerable.Reverse(_started))
        {
            await program.DisposeAsync();
        }
    }

    private static string OneLine(string text) => System.Text.RegularExpressions.Regex.Replace(text, @"[\s\u00a0]+", " ");

    private T Started<T>(T program)
        where T : IAsyncDisposable
    {
        lock (_started)
        {
            _started.Add(program);
        }

        return program;
    }

    private async Task<Child> RunAsync(string name, string code)
    {
        Child child = Started(PythonProgram.Run($"NAME = '{name}'\n{code}\ntime.sleep(600)\n"));
        string said = (await child.WaitForLineAsync("ready"))["ready".Length..].Trim();
        lock (Said)
        {
            (Said[name], Pids[name]) = (said, child.Pid);
        }

        return child;
    }

    /// <summary>
    /// A stopped server; a stopped back end with a proxy and a forking server in front; one that never closes, behind a relay.
    /// </summary>
    private async Task StartBehindAsync()
    {
        Child stopd = await RunAsync("stopd", """
            name(NAME)
            listener = server()
            for _ in range(20): socket.create_connection(listener.getsockname()).close()
            say("ready", listener.getsockname()[1])
            """);
        Stop(stopd.Pid);
        Child slowapi = await RunAsync("slowapi", Server);
        Stop(slowapi.Pid);
        await RunAsync("keeper", Server + """

            held = [listener.accept()[0] for _ in range(120)]
            """);
        await RunAsync("proxyd", $$"""
            name(NAME)
            listener, held = server(), []
            for _ in range(120):
                c = socket.create_connection(listener.getsockname())
                s = listener.accept()[0]
                c.sendall(b"GET / HTTP/1.1\r\n"); s.recv(99)
                b = socket.create_connection(("127.0.0.1", {{Said["slowapi"]}})); b.sendall(b"GET / HTTP/1.1\r\n")
                c.sendall(b"more, which nobody reads while it waits for the back end"); c.close()
                held.append((s, b))
            say("ready", listener.getsockname()[1])
            """);
        await RunAsync("forker", $$"""
            name(NAME)
            listener = server()
            for _ in range(120):
                c = socket.create_connection(listener.getsockname())
                s = listener.accept()[0]
                r, w = os.pipe()
                if os.fork() == 0:
                    end_with_parent()
                    listener.close(); c.close(); os.close(r)
                    b = socket.create_connection(("127.0.0.1", {{Said["slowapi"]}}))
                    os.write(w, b"x"); os.close(w)
                    time.sleep(600); os._exit(0)
                os.close(w); os.read(r, 1); os.close(r)
                s.close(); c.sendall(b"more, which nobody reads while it waits for the back end"); c.close()
            say("ready", listener.getsockname()[1])
            """);
        await RunAsync("relayd", $$"""
            name(NAME)
            listener, held = server(), []
            for _ in range(120):
                c = socket.create_connection(listener.getsockname())
                s = listener.accept()[0]
                b = socket.create_connection(("127.0.0.1", {{Said["keeper"]}}))
                c.close()
                assert s.recv(1) == b""
                b.shutdown(socket.SHUT_WR)
                held.append((s, b))
            say("ready", listener.getsockname()[1])
            """);
    }

    private async Task StartGoneServerAsync(Exporter exporter)
    {
        Child program = Started(PythonProgram.Run("""
            name("goneserver")
            listener = server()
            clients, accepted = [], []
            for _ in range(110):
                clients.append(socket.create_connection(listener.getsockname()))
                a = listener.accept()[0]; a.set_inheritable(True); accepted.append(a)
            clients[0].send(b"x" * 10)
            sys.stdin.readline()
            helper = subprocess.Popen(["sleep", "600"], close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            say("helper", helper.pid)
            sys.stdin.readline()
            """));
        await Eventually.TrueAsync(
            async () => (await exporter.ScrapeAsync()).Sum("fd_group_tcp_sockets", ("group", "goneserver"), ("state", "established")) == 220, () => "not seen");
        await program.WriteLineAsync("");
        _helpers.Add(int.Parse((await program.WaitForLineAsync("helper "))[7..], System.Globalization.CultureInfo.InvariantCulture));
        await exporter.ScrapeAsync();
        await program.WriteLineAsync("");
        await program.WaitForExitAsync();
    }

    private void Stop(int pid)
    {
        Child.Signal(pid, SIGSTOP);
        _stopped.Add(pid);
    }
}
