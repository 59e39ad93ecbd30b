using System.Globalization;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>A listening socket as descriptor 3, as systemd passes it.</summary>
public class SystemdSocketTests
{
    // As systemd does before it executes the program: the socket is descriptor 3, and the environment names this pid.
    private const string Pass = """
        import os, socket, sys
        kind, port, pid = sys.argv[1], int(sys.argv[2]), sys.argv[3]
        if kind == "tcp":
            passed = socket.socket()
            passed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            passed.bind(("127.0.0.1", port))
            passed.listen(5)
        elif kind == "unix":
            passed = socket.socket(socket.AF_UNIX)
        else:
            passed = open("/dev/null")
        if passed.fileno() != 3:
            os.dup2(passed.fileno(), 3)
        os.set_inheritable(3, True)
        os.environ["LISTEN_FDS"] = "1"
        os.environ["LISTEN_PID"] = pid or str(os.getpid())
        os.execv(sys.argv[4], sys.argv[4:])
        """;

    [Fact]
    public async Task SocketOfSystemd_IsServed_AndNothingElse()
    {
        int port = FreePort.Find();
        await using Child child = Start("tcp", port, "");
        string line = await child.WaitForLineAsync("Listening on");
        string url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        Assert.EndsWith($"address={url}", line, StringComparison.Ordinal);
        using HttpClient client = new();
        Metrics metrics = Metrics.Parse(await client.GetStringAsync(new Uri($"{url}/metrics")));
        Assert.Equal([url], metrics.ByLabel("fd_exporter_web_info", "external_url").Keys);
        Assert.Single(child.Output.Split('\n'), static each => each.Contains("Listening on", StringComparison.Ordinal));
        child.Terminate();
        Assert.Equal(0, await child.WaitForExitAsync());
    }

    [Theory]
    [InlineData("tcp", "1", "--web.systemd-socket: systemd passed no socket")]
    [InlineData("unix", "", "listen on descriptor 3: not a TCP socket")]
    [InlineData("file", "", "listen on descriptor 3: not a TCP socket")]
    public async Task WithoutASocketForIt_ItEndsAndSaysWhy(string kind, string pid, string problem)
    {
        await using Child child = Start(kind, FreePort.Find(), pid);
        Assert.Equal(1, await child.WaitForExitAsync());
        Assert.Contains(problem, child.Output, StringComparison.Ordinal);
    }

    private static Child Start(string kind, int port, string pid)
        => Child.Start("python3", "-c", Pass, kind, port.ToString(CultureInfo.InvariantCulture), pid, Exporter.Binary, "--web.systemd-socket");
}
