using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Owners of sockets and descriptors, exactly, on loads in which every socket is known.</summary>
public class OwnerTests
{
    private static readonly TimeSpan s_jiffy = TimeSpan.FromMilliseconds(20);

    [Theory]
    [InlineData("ipv4", "not_closed", "127.0.0.1", "")]
    [InlineData("ipv6", "not_closed", "[::1]", "")]
    [InlineData("mapped", "not_closed", "127.0.0.1", "")]
    [InlineData("ipv4", "not_noticed", "127.0.0.1", "--no-read")]
    [InlineData("ipv6", "not_read", "[::1]", "--unread=100")]
    [InlineData("mapped", "not_read", "127.0.0.1", "--unread=100")]
    public async Task CloseWait_Outgoing_IsBlamedOnItsHolderTowardsThePeer(string family, string cause, string address, string option)
    {
        string[] options = option.Length > 0 ? [option] : [];
        await using LeakLab lab = await LeakLab.StartAsync(
            ["close-wait", "--count", "40", "--family", family, "--name", "caller", "--hold-peer", .. options]);
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
        Metrics metrics = await exporter.ScrapeAsync();
        string endpoint = $"{address}:{lab.Port}";
        AssertOnly(metrics, "caller", "outbound", endpoint, cause, 40);
        AssertOwns(metrics, lab.Child.Pid, "caller", "close_wait=40");
        await PeerHoldsAsync(exporter, lab, "fin_wait2=40 listen=1");
        Assert.True(metrics[$"fd_close_wait_oldest_seconds{{group=\"caller\",direction=\"outbound\",address=\"{endpoint}\"}}"] > 0);
        Assert.Equal(0, metrics[$"fd_close_wait_aged_sockets{{group=\"caller\",direction=\"outbound\",address=\"{endpoint}\",min_age=\"60\"}}"]);
    }

    [Theory]
    [InlineData("ipv4", "not_closed", "")]
    [InlineData("ipv6", "not_closed", "")]
    [InlineData("mapped", "not_closed", "")]
    [InlineData("mapped", "not_noticed", "--no-read")]
    [InlineData("ipv4", "not_read", "--unread=100")]
    public async Task CloseWait_Accepted_IsBlamedOnItsHolderAndThePort(string family, string cause, string option)
    {
        string[] options = option.Length > 0 ? [option] : [];
        await using LeakLab lab = await LeakLab.StartAsync(
            ["server-close-wait", "--count", "30", "--family", family, "--name", "callee", "--hold-peer", .. options]);
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
        Metrics metrics = await exporter.ScrapeAsync();
        AssertOnly(metrics, "callee", "inbound", $":{lab.Port}", cause, 30);
        AssertOwns(metrics, lab.Child.Pid, "callee", "close_wait=30 listen=1");
        await PeerHoldsAsync(exporter, lab, "fin_wait2=30");
    }

    // The last FINs of the peer may not have been acknowledged yet: until then it is in FIN_WAIT1.
    private static Task PeerHoldsAsync(Exporter exporter, LeakLab lab, string sockets)
        => Eventually.EqualAsync(async () => (SocketsOf(await exporter.ScrapeAsync(), Pid(lab.Ready["peer_pid"])), sockets));

    [Theory]
    [InlineData("ipv4")]
    [InlineData("ipv6")]
    [InlineData("mapped")]
    public async Task CloseWait_NotAccepted_IsBlamedOnTheListener(string family)
    {
        await using LeakLab lab = await LeakLab.StartAsync("not-accepted", "--count", "20", "--family", family, "--name", "sleeper");
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
        Metrics metrics = await exporter.ScrapeAsync();
        AssertOnly(metrics, "sleeper", "inbound", $":{lab.Port}", "not_accepted", 20);

        // No process holds them: they are in no process's number.
        AssertOwns(metrics, lab.Child.Pid, "sleeper", "listen=1");
        Assert.True(metrics.Sum("fd_exporter_inodeless_sockets", ("state", "close_wait")) >= 20);
    }

    [Fact]
    public async Task Types_OfEachKind_AreCountedAndStayWith0WhenReleased()
    {
        string[] types =
        [
            "socket", "unix", "pipe", "file", "deleted_file", "eventfd", "eventpoll", "inotify", "timerfd", "signalfd", "memfd", "device",
        ];
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
        await using LeakLab lab = await LeakLab.StartAsync(
            ["fds", .. types.SelectMany(static type => new[] { "--type", type }), "--count", "4", "--name", "hoarder", "--release-after", "5s"]);
        Metrics held = await exporter.ScrapeAsync();
        Assert.DoesNotContain("released ", lab.Child.Output, StringComparison.Ordinal);
        Assert.Equal(held["fd_group_open_fds{group=\"hoarder\"}"], held.Sum("fd_group_fds", ("group", "hoarder")));

        // The kernel lists no TCP socket that was never bound or connected: it is counted only as a descriptor.
        Assert.Equal("", SocketsOf(held, lab.Child.Pid));
        await lab.Child.WaitForLineAsync("released ");
        Metrics released = await exporter.ScrapeAsync();
        foreach (string type in types.Where(static type => type != "unix"))
        {
            string series = $"fd_group_fds{{group=\"hoarder\",type=\"{type}\"}}";
            Assert.True(held[series] - released[series] == (type == "socket" ? 8 : 4), $"{series}: {held[series]}, then {released[series]}");
        }
    }

    [Fact]
    public async Task CloseWait_Released_StaysWith0UntilItsProgramEnds()
    {
        await using Exporter exporter = await Exporter.StartAsync();
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "25", "--name", "repaired", "--hold-peer", "--release-after", "5s");
        AssertOnly(await exporter.ScrapeAsync(), "repaired", "outbound", $"127.0.0.1:{lab.Port}", "not_closed", 25);
        await lab.Child.WaitForLineAsync("released ");
        Metrics released = await exporter.ScrapeAsync();
        AssertOnly(released, "repaired", "outbound", $"127.0.0.1:{lab.Port}", "not_closed", 0);
        Assert.Equal(0, Assert.Single(released.With("fd_close_wait_oldest_seconds", ("group", "repaired"))).Value);
        Assert.Equal(3, released.With("fd_close_wait_aged_sockets", ("group", "repaired")).Count(static each => each.Value == 0));
        Assert.Equal(0, released["fd_group_tcp_sockets{group=\"repaired\",state=\"close_wait\"}"]);
        lab.Child.Terminate();
        await lab.Child.WaitForExitAsync();
        Assert.Empty((await exporter.ScrapeAsync()).With("fd_close_wait_sockets", ("group", "repaired")));
    }

    [Fact]
    public async Task Age_GrowsAndIsNeverMoreThanTheTruth_AndThereIsNoneWhileTheProgramAnswers()
    {
        using TcpListener listener = Listen();
        await using Shell shell = await Shell.StartAsync("aged");
        await using Exporter exporter = await Exporter.StartAsync();
        await shell.ConnectAsync(5, listener);
        using Socket peer = await listener.AcceptSocketAsync();
        Stopwatch beforeEnd = Stopwatch.StartNew();
        peer.Shutdown(SocketShutdown.Send);
        Stopwatch afterEnd = Stopwatch.StartNew();
        double last = -1;
        while (afterEnd.Elapsed < TimeSpan.FromSeconds(2.5))
        {
            TimeSpan least = afterEnd.Elapsed;
            double age = await AgeAsync();
            Assert.InRange(age, (least - s_jiffy).TotalSeconds, (beforeEnd.Elapsed + s_jiffy).TotalSeconds);
            Assert.True(age >= last, $"{last}, then {age}");
            last = age;
        }

        // The peer has closed only its sending side: a socket with answers is not stuck.
        await shell.RunAsync("echo >&5");
        Assert.Equal(1, await peer.ReceiveAsync(new byte[1]));
        Assert.Equal(0, await AgeAsync());

        async Task<double> AgeAsync()
            => Assert.Single((await exporter.ScrapeAsync()).With("fd_close_wait_oldest_seconds", ("group", "aged"))).Value;
    }

    [Fact]
    public async Task SocketSharedOverFork_CountsOnceForTheEldest_AndPassesOnWhenThatClosesIt()
    {
        using TcpListener listener = Listen();
        await using Shell shell = await Shell.StartAsync("elder");
        await shell.ConnectAsync(5, listener);
        int first = await shell.ForkAsync();
        int second = await shell.ForkAsync();
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
        string port = Port(listener);
        Assert.Equal((1, 0, 0), await OwnersAsync());
        await shell.RunAsync("exec 5>&-");
        Assert.Equal((0, 1, 0), await OwnersAsync());
        Child.Signal(first, 9);
        await Eventually.TrueAsync(async () => await OwnersAsync() == (0, 0, 1), () => $"the socket towards {port} did not get its new owner");
        Child.Signal(second, 9);
        await Eventually.TrueAsync(async () => await OwnersAsync() == (0, 0, 0), () => "an exited process is still an owner");

        async Task<(double Elder, double First, double Second)> OwnersAsync()
        {
            Metrics metrics = await exporter.ScrapeAsync();
            return (Established(metrics, shell.Pid), Established(metrics, first), Established(metrics, second));
        }
    }

    [Fact]
    public async Task SocketSharedOverFork_WhoseEldestHolderIsKilled_IsTheOthers()
    {
        using TcpListener listener = Listen();
        await using Shell shell = await Shell.StartAsync("mortal");
        await shell.ConnectAsync(5, listener);
        using Socket peer = await listener.AcceptSocketAsync();
        peer.Shutdown(SocketShutdown.Send);
        int heir = await shell.ForkAsync();
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
        string endpoint = $"127.0.0.1:{Port(listener)}";
        AssertOnly(await exporter.ScrapeAsync(), "mortal", "outbound", endpoint, "not_noticed", 1);
        await shell.KillAsync();
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal("close_wait=1", SocketsOf(metrics, heir));
        Assert.Equal(1, Assert.Single(metrics.With("fd_close_wait_sockets", ("address", endpoint), ("cause", "not_noticed"))).Value);
        Assert.Equal(1, metrics[$"fd_close_wait_sockets{{group=\"sleep\",direction=\"outbound\",address=\"{endpoint}\",cause=\"not_noticed\"}}"]);
    }

    [Fact]
    public async Task SocketHeldByPid1AndAnother_IsTheOthers_AndPid1sWhenItIsAlone()
    {
        // In its own pid namespace bash is pid 1, like an init that passes the socket to its service.
        using TcpListener listener = Listen();
        string script = $"{Shell.Connect(5, listener)}; sleep 300 & s=$!; \"$@\" 5>&- & read end; kill -9 $s; wait $s; echo over; read end";
        await using Exporter exporter = await Exporter.StartAsAsync(
            "unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-c", script, "bash", Exporter.Binary);
        Assert.Equal((0, 1), await OwnersAsync());
        await exporter.Child.WriteLineAsync("");
        await exporter.Child.WaitForLineAsync("over");
        Assert.Equal((1, 0), await OwnersAsync());

        async Task<(double Init, double Service)> OwnersAsync()
        {
            Metrics metrics = await exporter.ScrapeAsync();
            return (
                metrics.Sum("fd_group_tcp_sockets", ("group", "bash"), ("state", "established")),
                metrics.Sum("fd_group_tcp_sockets", ("group", "sleep"), ("state", "established")));
        }
    }

    [Fact]
    public async Task SecondDescriptorOfASocket_IsADescriptorAndNotASocket()
    {
        using TcpListener listener = Listen();
        await using Shell shell = await Shell.StartAsync("doubler");
        await shell.ConnectAsync(5, listener);
        await shell.RunAsync("exec 6>&5 7>&5");
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal("established=1", SocketsOf(metrics, shell.Pid));
        Assert.Equal(3, metrics["fd_group_fds{group=\"doubler\",type=\"socket\"}"]);
    }

    [Fact]
    public async Task DescriptorsExchanged_WithTheSameCount_AreFoundWithinAFewScans()
    {
        using TcpListener listener = Listen();
        await using Shell shell = await Shell.StartAsync("exchanger");
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
        await shell.RunAsync("exec 5< /dev/null");
        Metrics metrics = await exporter.ScrapeAsync();
        double fds = metrics["fd_group_open_fds{group=\"exchanger\"}"];
        double devices = metrics["fd_group_fds{group=\"exchanger\",type=\"device\"}"];
        Assert.Equal("", SocketsOf(metrics, shell.Pid));
        for (int round = 0; round < 5; round++)
        {
            await shell.RunAsync($"exec 5>&-; {Shell.Connect(5, listener)}");
            metrics = await ScrapeUntilAsync("established=1");
            Assert.Equal(1, metrics["fd_group_fds{group=\"exchanger\",type=\"socket\"}"]);
            await shell.RunAsync("exec 5>&-; exec 5< /dev/null");
            metrics = await ScrapeUntilAsync("");
            Assert.Equal(0, metrics["fd_group_fds{group=\"exchanger\",type=\"socket\"}"]);
            Assert.Equal(devices, metrics["fd_group_fds{group=\"exchanger\",type=\"device\"}"]);
        }

        async Task<Metrics> ScrapeUntilAsync(string sockets)
        {
            for (int scan = 0; scan < 3; scan++)
            {
                metrics = await exporter.ScrapeAsync();
                Assert.Equal(fds, metrics["fd_group_open_fds{group=\"exchanger\"}"]);
                if (SocketsOf(metrics, shell.Pid) == sockets)
                {
                    return metrics;
                }
            }

            throw new InvalidOperationException($"after three scans still '{SocketsOf(metrics, shell.Pid)}' and not '{sockets}'");
        }
    }

    private static TcpListener Listen()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static string Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

    private static int Pid(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static double Established(Metrics metrics, int pid)
        => metrics.Sum("fd_process_tcp_sockets", ("pid", pid.ToString(CultureInfo.InvariantCulture)), ("state", "established"));

    private static string SocketsOf(Metrics metrics, int pid)
        => metrics.Breakdown("fd_process_tcp_sockets", "state", ("pid", pid.ToString(CultureInfo.InvariantCulture)));

    /// <summary>For a group with one process.</summary>
    private static void AssertOwns(Metrics metrics, int pid, string group, string sockets)
    {
        Assert.Equal(sockets, SocketsOf(metrics, pid));
        Assert.Equal(sockets, metrics.Breakdown("fd_group_tcp_sockets", "state", ("group", group)));
        Assert.Equal(
            Directory.GetFileSystemEntries($"/proc/{pid}/fd").Count(static fd => new FileInfo(fd).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true),
            metrics[$"fd_group_fds{{group=\"{group}\",type=\"socket\"}}"]);
    }

    /// <summary>The group has only this series, and the endpoint is in no other group.</summary>
    private static void AssertOnly(Metrics metrics, string group, string direction, string endpoint, string cause, double count)
    {
        KeyValuePair<string, double> series = Assert.Single(metrics.With("fd_close_wait_sockets", ("group", group)));
        Assert.Equal(
            ($"fd_close_wait_sockets{{group=\"{group}\",direction=\"{direction}\",address=\"{endpoint}\",cause=\"{cause}\"}}", count),
            (series.Key, series.Value));
        Assert.Equal(count, metrics.Sum("fd_close_wait_sockets", ("address", endpoint)));
    }
}
