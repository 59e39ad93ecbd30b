using System.Net;
using System.Net.Sockets;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary><c>fd-exporter healthcheck</c> against real servers that work, hang, or do not exist.</summary>
public sealed class HealthCheckTests
{
    private const int SIGSTOP = 19;
    private const int SIGCONT = 18;

    [Theory]
    [InlineData("127.0.0.1:")]
    [InlineData("localhost:")]
    [InlineData("[::1]:")]
    [InlineData("[::]:")]
    [InlineData("0.0.0.0:")]
    [InlineData(":")]
    public async Task ServerThatAnswers_IsHealthy(string host)
    {
        string address = $"--web.listen-address={host}{FreePort.Find()}";
        await using Child server = Child.Start(Exporter.Binary, address);
        await server.WaitForLineAsync("msg=\"Listening on\"");
        Assert.Equal((0, "", ""), await CheckAsync(address));
    }

    [Fact]
    public async Task EachAddress_IsAsked()
    {
        int there = FreePort.Find();
        await using Child server = Child.Start(Exporter.Binary, $"--web.listen-address=127.0.0.1:{there}");
        await server.WaitForLineAsync("msg=\"Listening on\"");
        int missing = FreePort.Find();
        Assert.Equal(
            (1, "", $"fd-exporter: error: 127.0.0.1:{missing}: Connection refused\n"),
            await CheckAsync($"--web.listen-address=127.0.0.1:{there}", $"--web.listen-address=127.0.0.1:{missing}"));
    }

    /// <summary>The kernel still accepts connections for it.</summary>
    [Theory]
    [InlineData("basic_auth_users: {}\n")]
    [InlineData(SecuredExporter.ServerFiles)]
    [InlineData(SecuredExporter.ServerFiles + "  client_auth_type: RequireAnyClientCert\n")]
    public async Task ServerThatHangs_IsNot(string config)
    {
        await using SecuredExporter server = await SecuredExporter.StartAsync(config);
        server.Child.Signal(SIGSTOP);
        try
        {
            Assert.Equal((1, "", $"fd-exporter: error: {Authority(server)}: no answer within 3 s\n"), await CheckAsync(server));
        }
        finally
        {
            server.Child.Signal(SIGCONT);
        }

        Assert.Equal((0, "", ""), await CheckAsync(server));
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\n\r\n", "answers 'HTTP/1.1 404'")]
    [InlineData("\u001b]0;220 mail", "answers '?]0;220 mail'")]
    [InlineData("", "closed the connection without an answer")]
    public async Task AnotherServer_IsNotHealthy(string answer, string problem)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task serving = Task.Run(async () =>
        {
            using TcpClient client = await listener.AcceptTcpClientAsync();
            byte[] request = new byte[1024];
            Assert.True(await client.GetStream().ReadAsync(request) > 0);
            await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer));
        });
        string address = listener.LocalEndpoint.ToString()!;
        Assert.Equal((1, "", $"fd-exporter: error: {address}: {problem}\n"), await CheckAsync($"--web.listen-address={address}"));
        await serving;
    }

    /// <summary>With each kind of protection, and without a warning in the log at each check.</summary>
    [Theory]
    [InlineData("basic_auth_users: {}\n")]
    [InlineData("basic_auth_users: {prometheus: " + SecuredExporter.SecretHash + "}\n")]
    [InlineData("rate_limit: {interval: 1h, burst: 1}\n")]
    [InlineData(SecuredExporter.ServerFiles)]
    [InlineData(SecuredExporter.ServerFiles + "http_server_config: {http2: false}\n")]
    [InlineData(SecuredExporter.ServerFiles + "  max_version: TLS12\nbasic_auth_users: {prometheus: " + SecuredExporter.SecretHash + "}\n")]
    [InlineData(SecuredExporter.ServerFiles + "  client_auth_type: RequestClientCert\n")]
    [InlineData(SecuredExporter.ServerFiles + "  client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: ca.crt\n")]
    [InlineData(SecuredExporter.ServerFiles + "  client_auth_type: RequireAnyClientCert\n")]
    [InlineData(SecuredExporter.ServerFiles + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n")]
    public async Task GuardedServer_IsHealthy(string config)
    {
        await using SecuredExporter server = await SecuredExporter.StartAsync(config);
        Assert.Equal((0, "", ""), await CheckAsync(server));
        Assert.Equal((0, "", ""), await CheckAsync(server));
        Assert.DoesNotContain("level=WARN", server.Child.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("level=ERROR", server.Child.Output, StringComparison.Ordinal);
    }

    /// <summary>The server continues with the previous version, and a failing check must not restart it.</summary>
    [Theory]
    [InlineData("basic_auth_users: {}\n")]
    [InlineData(SecuredExporter.ServerFiles)]
    public async Task ServerWhoseConfigurationWasSpoiled_IsHealthy(string config)
    {
        await using SecuredExporter server = await SecuredExporter.StartAsync(config);
        await File.WriteAllTextAsync(server.ConfigFile, "tls_server_confg:\n");
        Assert.Equal((0, "", ""), await CheckAsync(server));
    }

    [Fact]
    public async Task PortThatTheKernelChose_IsNotKnown()
        => Assert.Equal((1, "", "fd-exporter: error: :0: the port chosen by the kernel is unknown\n"), await CheckAsync("--web.listen-address=:0"));

    private static string Authority(SecuredExporter server) => new Uri(server.Address).Authority;

    private static Task<(int ExitCode, string Output, string Error)> CheckAsync(SecuredExporter server)
        => CheckAsync($"--web.listen-address={Authority(server)}", $"--web.config.file={server.ConfigFile}");

    private static Task<(int ExitCode, string Output, string Error)> CheckAsync(params IEnumerable<string> flags)
        => Child.RunAsync(Exporter.Binary, null, ["healthcheck", .. flags]);
}
