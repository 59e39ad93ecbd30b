using System.Globalization;
using FdExporter.EndToEnd.Testing;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Processes;
using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Scanning.Descriptors;

/// <summary>
/// A real program opens, closes and exchanges descriptors at random: what is known from its changes equals the result of a full
/// walk, at most one scan after it has stopped changing, at a cost that depends on the changes.
/// </summary>
[Needs("root", "unshare", "ip", "python3")]
public sealed class ChangedDescriptorsTests : IAsyncLifetime
{
    private const string Program = """
        import os, random, socket, struct, sys, threading, time
        ours, theirs = socket.socketpair()
        child = os.fork()
        if child == 0:
            ours.close()
            received = []
            while True:
                message, fds, _, _ = socket.recv_fds(theirs, 1, 64)
                if not message: os._exit(0)
                received += fds
                theirs.send(b"x")
        theirs.close()
        listener = socket.socket(); listener.bind(("127.0.0.1", 0)); listener.listen(4096)
        sockets, files, peers, high = [], [], {}, 2000
        def connect():
            c = socket.create_connection(listener.getsockname()).detach(); a = listener.accept()[0].detach()
            peers[c], peers[a] = a, c
            return [c, a]
        def take(items, n):
            random.shuffle(items)
            taken = items[:n]; del items[:n]
            return taken
        for line in sys.stdin:
            what, n, seed, turn = line.split(); n = int(n); random.seed(int(seed))
            if what == "open":
                for _ in range(n): sockets += connect()
            elif what == "close":
                for fd in take(sockets, n): os.close(fd)
            elif what == "shrink":
                for fd in take(sockets, len(sockets) * 9 // 10): os.close(fd)
            elif what == "reset":
                for fd in take(sockets, n):
                    peer = peers.get(fd)
                    if fd in files or peer not in sockets or peers.get(peer) != fd: sockets.append(fd); continue
                    s = socket.socket(fileno=fd); s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); s.close()
                    sockets.remove(peer); files.append(peer)
            elif what == "files":
                files += [os.open(sys.executable, os.O_RDONLY) for _ in range(n)]
            elif what == "unix":
                for _ in range(n): files += [s.detach() for s in socket.socketpair()]
            elif what == "close-files":
                for fd in take(files, n): os.close(fd)
            elif what == "file-for-socket":
                for fd in take(sockets, n):
                    file = os.open(sys.executable, os.O_RDONLY); os.dup2(file, fd); os.close(file); files.append(fd)
            elif what == "socket-for-file":
                for fd in take(files, n):
                    c, a = connect(); os.dup2(c, fd); os.close(c); sockets += [fd, a]; peers[fd], peers[a] = a, fd
            elif what == "hand-over":
                for fd in take(sockets, n):
                    socket.send_fds(ours, [b"x"], [fd]); ours.recv(1); os.close(fd)
            elif what == "high":
                for fd in take(sockets, n):
                    high += 1; os.dup2(fd, high); os.close(fd); sockets.append(high)
            elif what == "wait-in-accept":
                for _ in range(n): threading.Thread(target=listener.accept, daemon=True).start()
                while sum("accept" in open(f"/proc/self/task/{t}/wchan").read() for t in os.listdir("/proc/self/task")) < n: time.sleep(0.01)
            elif what == "range":
                gone = sorted(sockets)[:n]
                for fd in gone: sockets.remove(fd); os.close(fd)
            for fd in [fd for fd in peers if fd not in sockets]: del peers[fd]
            print("done", turn, child, flush=True)
        """;

    private static readonly string[] s_changes =
    [
        "open", "open", "close", "close", "reset", "files", "unix", "close-files", "file-for-socket", "socket-for-file", "hand-over", "high", "range",
    ];

    private readonly ProcFs _procFs = ProcFs.Open("/proc");
    private readonly ProcessCollector _processes;
    private readonly TcpCollector _tcp;
    private readonly SocketOwnerCollector _owners;
    private Child _program = null!;
    private int _child;
    private int _scanLock;

    public ChangedDescriptorsTests()
    {
        _processes = new ProcessCollector(_procFs, static process => process.Comm, TimeProvider.System);
        _tcp = new TcpCollector(_procFs, TimeProvider.System);
        _owners = new SocketOwnerCollector(_procFs, TimeProvider.System);
    }

    public async ValueTask InitializeAsync()
    {
        // In its own network namespace, whose tables have only its sockets.
        _program = Child.Start("unshare", "--net", "sh", "-c", "PATH=$PATH:/sbin:/usr/sbin ip link set lo up && exec python3 -c \"$0\"", Program);
        await DoAsync("open", 200);
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        _tcp.Dispose();
        _procFs.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task AnyChanges_AreKnownOneScanLater(int seed)
    {
        Random random = new(seed);
        _ = Scan();
        for (int round = 0; round < 25; round++)
        {
            List<string> done = [];
            for (int change = random.Next(1, 5); change > 0; change--)
            {
                string what = random.Next(40) == 0 ? "shrink" : s_changes[random.Next(s_changes.Length)];
                int count = random.Next(1, 60);
                done.Add(FormattableString.Invariant($"{what} {count}"));
                await DoAsync(what, count, random.Next());
                if (random.Next(3) == 0)
                {
                    _ = Scan();
                    done.Add("scan");
                }
            }

            _ = Scan();
            (ProcessTable table, SocketOwnership known) = Scan();
            SocketOwnership walked = Collect(new SocketOwnerCollector(_procFs, TimeProvider.System), table);
            string because = $"seed {seed}, round {round}: {string.Join(", ", done)}";
            Assert.True(TextOf(walked) == TextOf(known), $"{because}\n{TextOf(walked)} walked\n{TextOf(known)} known");
        }
    }

    [Fact]
    public async Task NewConnections_AreFollowed_AndNothingElse()
    {
        _ = Scan();
        _ = Scan();
        for (int round = 0; round < 5; round++)
        {
            await DoAsync("close", 10);
            await DoAsync("open", 15);
            (_, SocketOwnership known) = Scan();

            // Opened ones, closed ones, and a few free numbers above; 400 are unchanged.
            Assert.InRange(known.WalkedFds, 30, 30 + 20);
            Assert.Equal(0, known.UnwalkedProcesses);
        }
    }

    /// <summary>The kernel counts the number that such a call will return, although it leads nowhere yet.</summary>
    [Fact]
    public async Task ThreadsThatWaitInAccept_MakeNoWalk()
    {
        await DoAsync("wait-in-accept", 10);
        (ProcessTable table, _) = Scan();
        _ = Scan();
        Assert.Equal(10, table.Processes.Single(each => each.Id.Pid == _program.Pid).OpenFds - Directory.GetFiles($"/proc/{_program.Pid}/fd").Length);
        for (int round = 0; round < 3; round++)
        {
            await DoAsync("files", 5);
            (_, SocketOwnership known) = Scan();
            Assert.InRange(known.WalkedFds, 5, 5 + 10 + 20);
        }
    }

    private async Task DoAsync(string what, int count, int seed = 0)
    {
        string done = FormattableString.Invariant($"done {++_scanLock} ");
        await _program.WriteLineAsync(FormattableString.Invariant($"{what} {count} {seed} {_scanLock}"));
        _child = int.Parse((await _program.WaitForLineAsync(done))[done.Length..], CultureInfo.InvariantCulture);
    }

    private (ProcessTable Table, SocketOwnership Ownership) Scan()
    {
        ProcessTable all = _processes.Collect(new Deadline(TimeProvider.System, TimeSpan.FromSeconds(30)));
        ProcessTable table = all with { Processes = [.. all.Processes.Where(each => each.Id.Pid == _program.Pid || each.Id.Pid == _child)] };
        return (table, Collect(_owners, table));
    }

    private SocketOwnership Collect(SocketOwnerCollector collector, ProcessTable table)
    {
        TcpSocketTable sockets = new(TimeProvider.System);
        _tcp.ReadNamespaceOf(_program.Pid, sockets);
        sockets.EndNamespace("its own");
        return collector.Collect(table, sockets, new Deadline(TimeProvider.System, TimeSpan.FromSeconds(30)));
    }

    private static string TextOf(SocketOwnership ownership)
        => string.Join("; ", ownership.Holdings.Select(static each =>
        {
            FdTypeCounts types = each!.Types;
            TcpStateCounts sockets = each.Sockets;
            return $"{string.Join(' ', ((ReadOnlySpan<int>)types).ToArray())} / {string.Join(' ', ((ReadOnlySpan<long>)sockets).ToArray())}";
        }));
}
