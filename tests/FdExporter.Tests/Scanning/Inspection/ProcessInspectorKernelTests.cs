using System.Diagnostics;
using System.Globalization;
using FdExporter.EndToEnd.Testing;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Scanning.Inspection;

/// <summary>
/// Real processes with real leaks, compared with the kernel's own links and with lsof. Creates namespaces and changes users, so it
/// needs root.
/// </summary>
public sealed class ProcessInspectorKernelTests : IDisposable
{
    private readonly HostScanner _scanner = Scanner();

    public void Dispose() => _scanner.Dispose();

    [Fact]
    public async Task EachType_IsWhatItsLinkSays()
    {
        string[] types = ["socket", "unix", "pipe", "file", "deleted_file", "eventfd", "eventpoll", "inotify", "timerfd", "signalfd", "memfd", "device"];
        await using LeakLab lab = await LeakLab.StartAsync(["fds", .. types.SelectMany(static type => new[] { "--type", type }), "--count", "4", "--name", "hoarder"]);
        ProcessInspection inspection = null!;
        await Eventually.EqualAsync(() =>
        {
            inspection = Inspect(_scanner, lab.Child.Pid)!;
            return Task.FromResult((
                string.Join('\n', inspection.Fds.Select(static fd => $"{fd.Number} {fd.Target}")),
                string.Join('\n', LinksOf(lab.Child.Pid).OrderBy(static link => link.Key).Select(static link => $"{link.Key} {link.Value}"))));
        });
        Assert.True(inspection.IsVisible);
        Assert.Equal(("hoarder", inspection.Fds.Length), (inspection.Process.Facts.Comm, inspection.Process.OpenFds));
        Assert.Equal(LeakLab.Binary, inspection.Arguments[0]);
        Assert.Equal(inspection.Fds.Length, Enumerable.Range(0, FdTypeCounts.Length).Sum(type => inspection.Types[(FdType)type]));
        Assert.All(Enumerable.Range(0, FdTypeCounts.Length), type => Assert.Equal(inspection.Fds.Count(fd => fd.Type == (FdType)type), inspection.Types[(FdType)type]));
        Assert.All(types.Where(static type => type != "unix"), type => Assert.True(inspection.Types[(FdType)FdTypeNames.All.IndexOf(type)] >= 4, type));
        Assert.All(inspection.Fds, static fd => Assert.Equal(fd.Type == FdType.Socket, fd.Socket is not null));
        Assert.Equal(4, inspection.Sockets[SocketProtocol.Unix]);
        Assert.Equal((4, 4), (inspection.Sockets[SocketProtocol.Tcp], inspection.Kinds.InNoTable[SocketProtocol.Tcp]));
        Assert.Equal((0, false), (inspection.Unlisted, inspection.IsCutShort));
    }

    [Theory]
    [InlineData("close-wait", "ipv4", "", "close_wait outbound")]
    [InlineData("close-wait", "ipv6", "--no-read", "close_wait outbound")]
    [InlineData("close-wait", "mapped", "--unread=100", "close_wait outbound")]
    [InlineData("server-close-wait", "ipv4", "", "close_wait inbound,listen ")]
    [InlineData("server-close-wait", "mapped", "--no-read", "close_wait inbound,listen ")]
    [InlineData("established", "ipv6", "", "established outbound")]
    [InlineData("not-accepted", "ipv4", "", "listen ")]
    [Needs("lsof")]
    public async Task TcpSockets_AreThoseOfLsof(string verb, string family, string option, string states)
    {
        string[] options = [.. verb.Contains("close-wait", StringComparison.Ordinal) ? (string[])["--hold-peer"] : [], .. option.Length > 0 ? (string[])[option] : []];
        await using LeakLab lab = await LeakLab.StartAsync([verb, "--count", "6", "--family", family, .. options]);
        ProcessInspection inspection = Inspect(_scanner, lab.Child.Pid)!;
        Assert.Equal(
            await LsofAsync(lab.Child.Pid),
            string.Join('\n', inspection.Fds.Where(static fd => fd.Socket?.Protocol == SocketProtocol.Tcp).Select(static fd => $"{fd.Number} {Lsof(fd.Socket!)}")));
        Assert.Equal(
            states,
            string.Join(',', inspection.Fds
                .Where(static fd => fd.Socket is not null)
                .Select(static fd => $"{TcpStateNames.All[(int)fd.Socket!.State!.Value]} {fd.Socket.Direction?.ToString().ToLowerInvariant()}")
                .Distinct()
                .Order()));

        // The FIN itself counts as one unread byte.
        uint unread = option switch { "--no-read" => 1, "--unread=100" => 101, _ => 0 };
        Assert.All(inspection.Fds.Where(static fd => fd.Socket?.State == TcpState.CloseWait), fd => Assert.Equal(unread, fd.Socket!.ReceiveQueue));
        Assert.All(inspection.Fds.Where(static fd => fd.Socket is not null), static fd => Assert.Equal(fd.Socket!.State == TcpState.CloseWait, fd.Socket.Age is not null));
        if (verb == "not-accepted")
        {
            Assert.Equal(6u, Assert.Single(inspection.Fds, static fd => fd.Socket is not null).Socket!.ReceiveQueue);
        }
    }

    [Fact]
    public async Task Age_IsNeverMoreThanTheTruth_WithOrWithoutAScanBefore()
    {
        Stopwatch sinceStart = Stopwatch.StartNew();
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "3", "--hold-peer");
        Stopwatch sinceReady = Stopwatch.StartNew();
        TimeSpan oldest = OldestOf(Inspect(_scanner, lab.Child.Pid)!);
        Assert.InRange(oldest, TimeSpan.Zero, sinceStart.Elapsed);
        _scanner.Scan(Collectors.All, Soon());
        await Eventually.TrueAsync(() => sinceReady.Elapsed > TimeSpan.FromSeconds(1), () => "a second did not pass");
        TimeSpan least = sinceReady.Elapsed;
        Assert.InRange(OldestOf(Inspect(_scanner, lab.Child.Pid)!), least - TimeSpan.FromMilliseconds(20), sinceStart.Elapsed);

        static TimeSpan OldestOf(ProcessInspection inspection) => inspection.Fds.Max(static fd => fd.Socket?.Age)!.Value;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Needs("root", "unshare", "ip")]
    public async Task ProcessInAnotherNamespace_HasTheSocketsOfThatOne(bool mayEnter)
    {
        // A process in the host's namespace listens on the port that the others came from.
        await using LeakLab there = await InsideAsync("close-wait", "--count", "5", "--hold-peer");
        await using LeakLab server = await InsideAsync("server-close-wait", "--count", "5", "--family", "mapped", "--hold-peer");
        await using LeakLab unix = await InsideAsync("fds", "--type", "unix", "--type", "socket", "--count", "3");
        (ProcessInspection caller, ProcessInspection callee, ProcessInspection sockets) = mayEnter
            ? Look(_scanner)
            : Privileges.Without(
                () =>
                {
                    using HostScanner scanner = Scanner();
                    return Look(scanner);
                },
                Privileges.SysAdmin);
        Assert.Equal(5, caller.Fds.Count(fd => fd.Socket is { State: TcpState.CloseWait, Direction: ConnectionDirection.Outbound, Remote: { } remote } && remote.ToString() == $"127.0.0.1:{there.Port}"));
        Assert.Equal(5, callee.Fds.Count(fd => fd.Socket is { State: TcpState.CloseWait, Direction: ConnectionDirection.Inbound, Local: { } local } && local.ToString() == $"127.0.0.1:{server.Port}"));
        Assert.Equal((3, 3), (sockets.Sockets[SocketProtocol.Unix], sockets.Kinds.InNoTable[SocketProtocol.Tcp]));
        Assert.Equal((0, 0), (caller.Kinds.InNoTable[SocketProtocol.Tcp], callee.Kinds.InNoTable[SocketProtocol.Tcp]));

        (ProcessInspection, ProcessInspection, ProcessInspection) Look(HostScanner scanner)
            => (Inspect(scanner, there.Child.Pid)!, Inspect(scanner, server.Child.Pid)!, Inspect(scanner, unix.Child.Pid)!);
    }

    [Fact]
    public async Task ProcessThatIsGone_IsNull()
    {
        await using Child child = Child.Start("sleep", "60");
        Assert.Equal(child.Pid, Inspect(_scanner, child.Pid)!.Process.Id.Pid);
        child.Terminate();
        await child.WaitForExitAsync();
        Assert.Null(Inspect(_scanner, child.Pid));
        Assert.Null(Inspect(_scanner, 0));
        Assert.Null(Inspect(_scanner, -1));
        Assert.Null(Inspect(_scanner, int.MaxValue));
        Assert.Null(Inspect(_scanner, int.MinValue));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    [Needs("root", "unshare", "ip")]
    public async Task ProcessThatEndsDuringItsInspection_IsNull(int budgetSeconds)
    {
        // In its own namespace, which ends with it. The clock is read during the walk.
        await using LeakLab lab = await InsideAsync("fds", "--type", "socket", "--count", "300");
        using Process process = Process.GetProcessById(lab.Child.Pid);
        FatalClock clock = new(process);
        using HostScanner scanner = Scanner(clock);
        Deadline deadline = new(clock, TimeSpan.FromSeconds(budgetSeconds));
        clock.IsArmed = true;
        Assert.Null(scanner.TryInspect(lab.Child.Pid, deadline));
        Assert.True(lab.Child.HasExited);
    }

    [Fact]
    public async Task Thread_IsNotAProcess()
    {
        await using LeakLab lab = await LeakLab.StartAsync("fds", "--type", "device", "--count", "1");
        int[] threads = [.. Directory.GetDirectories($"/proc/{lab.Child.Pid}/task").Select(static folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture))];
        int thread = threads.First(each => each != lab.Child.Pid);
        Assert.True(Directory.Exists($"/proc/{thread}"));
        Assert.Null(Inspect(_scanner, thread));
        Assert.NotNull(Inspect(_scanner, lab.Child.Pid));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void KernelThread_HoldsNothing_WithAnyPrivileges(bool isPrivileged)
    {
        const int kthreadd = 2;
        Assert.SkipUnless(File.Exists("/proc/2/comm") && File.ReadAllText("/proc/2/comm") == "kthreadd\n", "no kernel threads in this namespace");
        ProcessInspection inspection = (isPrivileged ? Inspect(_scanner, kthreadd) : Unprivileged(kthreadd, Privileges.DacOverride, Privileges.DacReadSearch, Privileges.SysPtrace))!;
        Assert.Equal((true, true, 0), (inspection.IsVisible, inspection.Process.Facts.IsKernelThread, inspection.Fds.Length));
        Assert.Empty(inspection.Arguments);
    }

    [Theory]
    [InlineData(false, Privileges.DacOverride, Privileges.DacReadSearch, Privileges.SysPtrace)]
    [InlineData(false, Privileges.SysPtrace)]
    [InlineData(false, Privileges.DacOverride, Privileges.DacReadSearch)]
    [InlineData(true, Privileges.DacOverride)]
    [Needs("root", "setpriv")]
    public async Task ProcessOfAnotherUser_IsNotVisibleWithoutBothCapabilities_AndCountedAllTheSame(bool isVisible, params int[] without)
    {
        await using Child child = Child.Start("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c", "exec 7< /dev/null; echo ready; read end");
        await child.WaitForLineAsync("ready");
        ProcessInspection inspection = Unprivileged(child.Pid, without)!;
        int open = LinksOf(child.Pid).Count;
        Assert.Equal((isVisible, open, 65534u), (inspection.IsVisible, inspection.Process.OpenFds, inspection.Process.Facts.Uid));
        Assert.Equal(isVisible ? open : 0, inspection.Fds.Length);
        Assert.Equal(isVisible ? open : 0, Enumerable.Range(0, FdTypeCounts.Length).Sum(type => inspection.Types[(FdType)type]));
        Assert.Equal("sh", inspection.Arguments[0]);
        Assert.False(inspection.IsCutShort);
    }

    private static ProcessInspection? Unprivileged(int pid, params int[] without) => Privileges.Without(
        () =>
        {
            using HostScanner scanner = Scanner();
            return Inspect(scanner, pid);
        },
        without);

    private static Task<LeakLab> InsideAsync(params IEnumerable<string> arguments)
        => LeakLab.StartAsAsync("unshare", ["--net", "sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; ip link set lo up && exec \"$@\"", "sh", LeakLab.Binary, .. arguments]);

    private static HostScanner Scanner(TimeProvider? time = null)
        => new("/proc", static process => process.Comm, time ?? TimeProvider.System, new ListLogger<HostScanner>());

    private static Deadline Soon() => new(TimeProvider.System, TimeSpan.FromMinutes(1));

    private static ProcessInspection? Inspect(HostScanner scanner, int pid) => scanner.TryInspect(pid, Soon());

    private static Dictionary<int, string> LinksOf(int pid) => Directory.GetFileSystemEntries($"/proc/{pid}/fd")
        .ToDictionary(static fd => int.Parse(Path.GetFileName(fd), CultureInfo.InvariantCulture), static fd => new FileInfo(fd).LinkTarget!);

    // 5 127.0.0.1:43306->127.0.0.1:52603 CLOSE_WAIT 0 0
    private static string Lsof(SocketSample socket)
    {
        string local = socket.Local.ToString()!;
        return socket.State == TcpState.Listen
            ? $"{local} LISTEN"
            : $"{local}->{socket.Remote} {TcpStateNames.All[(int)socket.State!.Value].ToUpperInvariant()} {socket.ReceiveQueue} {socket.SendQueue}";
    }

    /// <summary>One line for each TCP socket; without the backlog of listeners, which the text table does not show.</summary>
    private static async Task<string> LsofAsync(int pid)
    {
        (_, string output, _) = await Child.RunAsync("lsof", null, "-nP", "-Tqs", "-a", "-p", pid.ToString(CultureInfo.InvariantCulture), "-iTCP", "-FfnT");
        List<string> lines = [];
        foreach (string socket in output.Split("\nf").Skip(1))
        {
            string[] fields = socket.Split('\n');
            string Field(string start) => fields.First(field => field.StartsWith(start, StringComparison.Ordinal))[start.Length..];
            string state = Field("TST=");
            lines.Add(state == "LISTEN" ? $"{fields[0]} {Field("n")} LISTEN" : $"{fields[0]} {Field("n")} {state} {Field("TQR=")} {Field("TQS=")}");
        }

        return string.Join('\n', lines);
    }

    /// <summary>When it is read, a process dies and is reaped, and an hour passes.</summary>
    private sealed class FatalClock(Process process) : TimeProvider
    {
        private TimeSpan _passed;

        internal bool IsArmed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp()
        {
            if (IsArmed && !process.HasExited)
            {
                process.Kill();
                process.WaitForExit();
                _passed += TimeSpan.FromHours(1);
            }

            return _passed.Ticks;
        }
    }
}
