using System.Globalization;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Which clients are accepted and which refused, with real clients: curl, openssl, promtool, Prometheus.</summary>
public sealed class SecurityTests
{
    private const string Users = "basic_auth_users:\n  prometheus: " + SecuredExporter.SecretHash + "\n";
    private const string Mutual = SecuredExporter.ServerFiles
        + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n  client_allowed_sans: [prometheus.example]\n" + Users;

    private static readonly string[] s_password = ["--user", "prometheus:secret"];
    private static readonly string s_data = Path.Combine(Repository.Root, "tests", "FdExporter.Tests", "Configuration", "WebData");

    // Debian 12's promtool is older than some keys.
    public static TheoryData<string> Good()
        => [.. Directory.GetFiles(s_data, "*.good.yml").Select(path => Path.GetFileName(path)).Where(static file => !file.Contains(".newer.", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Good))]
    public async Task GoodConfiguration_IsGoodToPromtoolToo_AndServes(string file)
    {
        await using SecuredExporter exporter = new();
        string config = File.ReadAllText(Path.Combine(s_data, file));
        await exporter.StartWithAsync(config);
        (int exitCode, _, string error) = await Child.RunAsync("promtool", null, "check", "web-config", exporter.ConfigFile);
        Assert.True(exitCode == 0, error);
        Assert.StartsWith(config.Contains("cert_file", StringComparison.Ordinal) ? "https://" : "http://", exporter.Address, StringComparison.Ordinal);
        bool isOpen = !config.Contains("basic_auth_users:\n  ", StringComparison.Ordinal) && !config.Contains("client_auth_type: Require", StringComparison.Ordinal) && !config.Contains("client_auth_type: \"Require", StringComparison.Ordinal);
        (_, string status, _) = await exporter.CurlAsync("/-/healthy", "--output", "/dev/null", "--write-out", "%{http_code}");
        Assert.Equal(isOpen, status == "200");
    }

    [Theory]
    [InlineData("curves.bad.yml", "web.yml:6: tls_server_config.curve_preferences[0]: not supported")]
    [InlineData("user-password.bad.yml", "web.yml:4: basic_auth_users.dave: not a bcrypt hash")]
    public async Task BadConfiguration_IsOneLineThatNamesThePlaceAndExitOne(string file, string complaint)
    {
        await using SecuredExporter exporter = new();
        File.Copy(Path.Combine(s_data, file), exporter.ConfigFile);
        Assert.Contains(complaint, await RefusalAsync(exporter), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cert_file: none.crt, key_file: server.key", "none.crt: cannot be read: ")]
    [InlineData("cert_file: server.key, key_file: server.key", "server.key: no certificate found: ")]
    [InlineData("cert_file: server.crt, key_file: none.key", "none.key: cannot be read: ")]
    [InlineData("cert_file: server.crt, key_file: other.key", "other.key: not a valid key of the certificate: ")]
    [InlineData("cert_file: server.crt, key_file: server.crt", "server.crt: not a valid key of the certificate: ")]
    [InlineData("cert_file: web.yml, key_file: server.key", "web.yml: no certificate found: ")]
    [InlineData("cert_file: server.crt, key_file: server.key, client_auth_type: RequireAndVerifyClientCert, client_ca_file: server.key", "server.key: no certificate found: ")]
    [InlineData("cert_file: server.crt, key_file: server.key, client_auth_type: RequireAndVerifyClientCert, client_ca: none", "web.yml:1: tls_server_config.client_ca: no certificate found: ")]
    public async Task FileThatCannotBeUsed_IsNamed(string section, string complaint)
    {
        await using SecuredExporter exporter = new();
        exporter.Own.IssueClient("other");
        File.WriteAllText(exporter.ConfigFile, $"tls_server_config: {{{section}}}\n");
        Assert.Contains(complaint, await RefusalAsync(exporter), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InlineCertificateAndKey_Serve()
    {
        await using SecuredExporter exporter = new();
        await exporter.StartWithAsync($"tls_server_config:\n  cert: |\n{Indented("server.crt")}  key: |\n{Indented("server.key")}");
        Assert.Equal(200, await exporter.StatusAsync("/-/healthy"));

        string Indented(string file) => string.Concat(File.ReadLines(exporter.Own.PathOf(file)).Select(static line => $"    {line}\n"));
    }

    [Fact]
    public async Task MutualTlsAndPassword_LetIn_AndTurnAwayEachForItsOwnReason()
    {
        await using SecuredExporter exporter = new();
        using Certificates foreign = new(Path.GetDirectoryName(exporter.ConfigFile)!, "foreign");
        foreign.IssueClient("stranger");
        exporter.Own.IssueClient("client");
        exporter.Own.IssueClient("expired", fromDay: -20, toDay: -10);
        exporter.Own.IssueClient("early", fromDay: 10, toDay: 20);
        exporter.Own.IssueClient("neighbour", "neighbour.example");
        await exporter.StartWithAsync(Mutual);
        Assert.Equal(200, await exporter.StatusAsync("/metrics", [.. exporter.AsClient("client"), .. s_password]));

        await RefusedAsync("no_certificate", "no client certificate", s_password);
        await RefusedAsync("untrusted_certificate", "CN=stranger: ", [.. exporter.AsClient("stranger"), .. s_password]);
        await RefusedAsync("certificate_not_allowed", "CN=neighbour: none of its alternative names is in client_allowed_sans", [.. exporter.AsClient("neighbour"), .. s_password]);
        await RefusedAsync("protocol", "the client offers Tls, Tls11", [.. exporter.AsClient("client"), .. s_password, "--tls-max", "1.1"]);
        await RefusedAsync("untrusted_certificate", null, [.. exporter.AsClient("expired"), .. s_password]);
        await RefusedAsync("untrusted_certificate", null, [.. exporter.AsClient("early"), .. s_password]);
        await RefusedAsync("untrusted_certificate", null, [.. exporter.AsClient("server"), .. s_password]);
        Assert.Equal(401, await exporter.StatusAsync("/metrics", exporter.AsClient("client")));
        Assert.Equal(401, await exporter.StatusAsync("/metrics", [.. exporter.AsClient("client"), "--user", "prometheus:wrong"]));
        (int exitCode, string answer, _) = await Child.RunAsync("curl", null, "--silent", "--include", exporter.Address.Replace("https", "http", StringComparison.Ordinal) + "/metrics");
        Assert.Equal((0, "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"), (exitCode, answer));

        Metrics metrics = await exporter.ScrapeAsync([.. exporter.AsClient("client"), .. s_password]);
        Assert.Equal(
            [("certificate_not_allowed", 1), ("handshake", 0), ("no_certificate", 1), ("no_hello", 0), ("plain_http", 1), ("protocol", 1), ("untrusted_certificate", 4)],
            metrics.Family("fd_exporter_web_tls_handshake_failures_total").Select(static each => (each.Key.Split('"')[1], (int)each.Value)).Order());
        Assert.Equal(2, metrics["fd_exporter_web_requests_denied_total{reason=\"unauthorized\"}"]);
        Assert.True(metrics["fd_exporter_web_certificate_not_after_timestamp_seconds"] > DateTimeOffset.UtcNow.AddDays(29).ToUnixTimeSeconds());

        async Task RefusedAsync(string reason, string? detail, IEnumerable<string> arguments)
        {
            (int code, string output, _) = await exporter.CurlAsync("/metrics", arguments);
            Assert.NotEqual(0, code);
            Assert.Equal("", output);
            if (detail is not null)
            {
                // The log shows the first one of each kind.
                string line = await exporter.Child.WaitForLineAsync($"reason={reason} ");
                Assert.Contains(detail, line, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("NoClientCert", true, true, true)]
    [InlineData("RequestClientCert", true, true, true)]
    [InlineData("RequireAnyClientCert", false, true, true)]
    [InlineData("VerifyClientCertIfGiven", true, true, false)]
    [InlineData("RequireAndVerifyClientCert", false, true, false)]
    public async Task ClientAuthType_LetsIn(string type, bool without, bool own, bool foreign)
    {
        await using SecuredExporter exporter = new();
        using Certificates others = new(Path.GetDirectoryName(exporter.ConfigFile)!, "foreign");
        others.IssueClient("stranger");
        exporter.Own.IssueClient("client");
        string authority = type.Contains("Verify", StringComparison.Ordinal) ? "  client_ca_file: ca.crt\n" : "";
        await exporter.StartWithAsync($"{SecuredExporter.ServerFiles}  client_auth_type: {type}\n{authority}");
        Assert.Equal((without, own, foreign), (await IsLetInAsync([]), await IsLetInAsync(exporter.AsClient("client")), await IsLetInAsync(exporter.AsClient("stranger"))));

        async Task<bool> IsLetInAsync(IEnumerable<string> arguments)
            => (await exporter.CurlAsync("/-/healthy", arguments)) is (0, "FdExporter is healthy.\n", _);
    }

    // As in Go: a certificate in client_ca is trusted by itself, root or not.
    [Fact]
    public async Task ClientCa_ThatIsTheClientsOwnCertificate_LetsItIn()
    {
        await using SecuredExporter exporter = new();
        exporter.Own.IssueClient("client");
        exporter.Own.IssueClient("sibling");
        await exporter.StartWithAsync(SecuredExporter.ServerFiles + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: client.crt\n");
        Assert.Equal(200, await exporter.StatusAsync("/-/healthy", exporter.AsClient("client")));
        Assert.NotEqual(0, (await exporter.CurlAsync("/-/healthy", exporter.AsClient("sibling"))).ExitCode);
    }

    [Theory]
    [InlineData("uri", "spiffe://example/prometheus")]
    [InlineData("email", "ops@example.org")]
    [InlineData("ip", "192.0.2.7")]
    [InlineData("ip", "2001:db8::7")]
    public async Task ClientAllowedSans_OfEachKind(string kind, string name)
    {
        await using SecuredExporter exporter = new();
        exporter.Own.Issue("client", new("1.3.6.1.5.5.7.3.2"), names =>
        {
            switch (kind)
            {
                case "uri":
                    names.AddUri(new Uri(name));
                    break;
                case "email":
                    names.AddEmailAddress(name);
                    break;
                default:
                    names.AddIpAddress(System.Net.IPAddress.Parse(name));
                    break;
            }
        });
        exporter.Own.IssueClient("other");
        await exporter.StartWithAsync($"{SecuredExporter.ServerFiles}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n  client_allowed_sans: ['{name}']\n");
        Assert.Equal(200, await exporter.StatusAsync("/-/healthy", exporter.AsClient("client")));
        Assert.NotEqual(0, (await exporter.CurlAsync("/-/healthy", exporter.AsClient("other"))).ExitCode);
    }

    [Theory]
    [InlineData("", "", "TLSv1.3", "h2")]
    [InlineData("", "-tls1_2", "TLSv1.2", "h2")]
    [InlineData("  max_version: TLS12\n", "", "TLSv1.2", "h2")]
    [InlineData("  min_version: TLS13\n", "-tls1_2", "", "")]
    [InlineData("  min_version: TLS13\n", "", "TLSv1.3", "h2")]
    [InlineData("http_server_config: {http2: false}\n", "", "TLSv1.3", "http/1.1")]
    [InlineData("  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n", "-tls1_2", "TLSv1.2, Cipher is ECDHE-ECDSA-AES128-GCM-SHA256", "h2")]
    [InlineData("  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n", "-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384", "", "")]
    [InlineData("  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n", "", "TLSv1.3", "h2")]
    [InlineData("", "-tls1_1 -cipher ALL:@SECLEVEL=0", "", "")]
    public async Task Protocol_AsOpensslSeesIt(string config, string flags, string protocol, string application)
    {
        await using SecuredExporter exporter = await SecuredExporter.StartAsync(SecuredExporter.ServerFiles + config);
        (int exitCode, string output, string error) = await Child.RunAsync(
            "openssl", "", ["s_client", "-connect", new Uri(exporter.Address).Authority, "-CAfile", exporter.Own.PathOf("ca.crt"), "-alpn", "h2,http/1.1", .. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        if (protocol.Length == 0)
        {
            Assert.NotEqual(0, exitCode);
            return;
        }

        Assert.True(exitCode == 0, error);
        Assert.Contains($"New, {protocol}", output, StringComparison.Ordinal);
        Assert.Contains($"ALPN protocol: {application}\n", output, StringComparison.Ordinal);
        Assert.Contains("Verify return code: 0 (ok)", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/")]
    [InlineData("/explain")]
    [InlineData("/api/v1/host")]
    [InlineData("/-/healthy")]
    [InlineData("/-/ready")]
    [InlineData("/nowhere")]
    [InlineData("/-/reload", "--request", "POST")]
    public async Task EveryEndpoint_IsBehindThePassword(string path, params string[] arguments)
    {
        await using SecuredExporter exporter = await SecuredExporter.StartAsync(Users, "--web.enable-lifecycle");
        (int exitCode, string output, _) = await exporter.CurlAsync(path, [.. arguments, "--include"]);
        Assert.Equal(0, exitCode);
        Assert.StartsWith("HTTP/1.1 401 Unauthorized\r\n", output, StringComparison.Ordinal);
        Assert.Contains("\r\nWWW-Authenticate: Basic realm=\"fd-exporter\"", output, StringComparison.Ordinal);
        Assert.EndsWith(path.StartsWith("/api/", StringComparison.Ordinal) ? "\n  \"detail\": \"Unauthorized\"\n}\n" : "\r\n\r\nUnauthorized\n", output, StringComparison.Ordinal);
        Assert.NotEqual(401, await exporter.StatusAsync(path, [.. arguments, .. s_password]));
    }

    [Theory]
    [InlineData("prometheus:wrong")]
    [InlineData("prometheus:")]
    [InlineData("prometheus")]
    [InlineData("Prometheus:secret")]
    [InlineData(":secret")]
    [InlineData("nobody:secret")]
    [InlineData("prometheus:secret:")]
    public async Task WrongPassword_IsTurnedAway(string given)
    {
        await using SecuredExporter exporter = await SecuredExporter.StartAsync(Users);
        Assert.Equal(401, await exporter.StatusAsync("/metrics", "--header", $"Authorization: Basic {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(given))}"));
        Assert.Equal(401, await exporter.StatusAsync("/metrics", "--header", "Authorization: Basic /w==", "--header", "Authorization: Bearer x"));
    }

    // The lowest cost is a millisecond; a hash at cost 12 makes guessing slow enough to cause a queue.
    [Fact]
    public async Task Guesses_WaitForEachOther_AndDoNotDelayKnownUsers()
    {
        const string Slow = "$2y$12$Fdi2MEX7iGaJR5c59./TMuBWekKcC9Qp2sK8KbiJDkwRCosbZCyeC";
        await using SecuredExporter exporter = await SecuredExporter.StartAsync($"{Users}  slow: {Slow}\n");
        Assert.Equal(200, await exporter.StatusAsync("/-/healthy", s_password));
        Task<int>[] guesses = [.. Enumerable.Range(0, 40).Select(i => exporter.StatusAsync("/-/healthy", "--user", FormattableString.Invariant($"slow:{i}")))];
        while (!guesses.All(static guess => guess.IsCompleted))
        {
            Assert.Equal(200, await exporter.StatusAsync("/-/healthy", s_password));
        }

        int[] statuses = await Task.WhenAll(guesses);
        Assert.All(statuses, static status => Assert.Contains(status, (int[])[401, 429]));
        Assert.Contains(401, statuses);
        Assert.Contains(429, statuses);
        Metrics metrics = await exporter.ScrapeAsync(s_password);
        Assert.Equal(statuses.Count(static status => status == 429), metrics["fd_exporter_web_requests_denied_total{reason=\"passwords_busy\"}"]);
    }

    [Fact]
    public async Task Headers_OfTheConfiguration_TakeThePlaceOfTheExportersOwn()
    {
        await using SecuredExporter exporter = await SecuredExporter.StartAsync(
            Users + "http_server_config:\n  headers:\n    Strict-Transport-Security: max-age=31536000\n    X-Frame-Options: sameorigin\n    Content-Security-Policy: \"default-src 'self'\"\n");
        foreach (string path in (string[])["/", "/metrics", "/-/healthy", "/nowhere"])
        {
            (_, string answer, _) = await exporter.CurlAsync(path, [.. s_password, "--include"]);
            Assert.Contains("\r\nStrict-Transport-Security: max-age=31536000\r\n", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nX-Frame-Options: sameorigin\r\n", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nContent-Security-Policy: default-src 'self'\r\n", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("DENY", answer, StringComparison.Ordinal);
        }

        (_, string refused, _) = await exporter.CurlAsync("/", "--include");
        Assert.Contains("\r\nStrict-Transport-Security: ", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RateLimit_RefusesMoreFrequentRequests()
    {
        await using SecuredExporter exporter = await SecuredExporter.StartAsync("rate_limit:\n  interval: 1h\n  burst: 3\n");
        List<int> statuses = [];
        for (int i = 0; i < 5; i++)
        {
            statuses.Add(await exporter.StatusAsync("/metrics"));
        }

        Assert.Equal([200, 200, 200, 429, 429], statuses);
        await CheckProblemAsync(exporter, 429, "Too Many Requests");
    }

    [Fact]
    public async Task Api_WithoutThePassword_IsRefusedByAProblem()
    {
        await using SecuredExporter exporter = await SecuredExporter.StartAsync(Users);
        await CheckProblemAsync(exporter, 401, "Unauthorized");
    }

    private static async Task CheckProblemAsync(SecuredExporter exporter, int status, string detail)
    {
        (_, string answer, _) = await exporter.CurlAsync("/api/v1/host", "--include");
        Assert.StartsWith(FormattableString.Invariant($"HTTP/1.1 {status} "), answer, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: application/problem+json; charset=utf-8\r\n", answer, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"\"status\": {status},"), answer, StringComparison.Ordinal);
        Assert.Contains($"\"detail\": \"{detail}\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prometheus_ScrapesOverMutualTlsWithPassword()
    {
        await using SecuredExporter exporter = new();
        exporter.Own.IssueClient("client");
        await exporter.StartWithAsync(Mutual);
        File.WriteAllText(
            exporter.Own.PathOf("prometheus.yml"),
            $$"""
            global: {scrape_interval: 1s, scrape_timeout: 1s}
            scrape_configs:
              - job_name: fd-exporter
                scheme: https
                tls_config: {ca_file: ca.crt, cert_file: client.crt, key_file: client.key}
                basic_auth: {username: prometheus, password: secret}
                static_configs: [{targets: ['{{new Uri(exporter.Address).Authority}}']}]
            """);
        int port = FreePort.Find();
        await using Child prometheus = Child.Start(
            "prometheus", $"--config.file={exporter.Own.PathOf("prometheus.yml")}", $"--storage.tsdb.path={exporter.Own.PathOf("data")}", $"--web.listen-address=127.0.0.1:{port}");
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        string answer = "";
        await Eventually.TrueAsync(
            async () => (answer = await GetAsync("/api/v1/query?query=fd_system_handles_allocated")).Contains("\"instance\"", StringComparison.Ordinal),
            () => $"not scraped: {answer}\n{GetAsync("/api/v1/targets").Result}\n{exporter.Child.Output}");

        async Task<string> GetAsync(string path)
        {
            try
            {
                return await client.GetStringAsync(path);
            }
            catch (HttpRequestException exception)
            {
                return exception.Message;
            }
        }
    }

    [Fact]
    public async Task Certificate_IsReplacedUnderScrapes_AndNoneIsDropped()
    {
        await using SecuredExporter exporter = await SecuredExporter.StartAsync(SecuredExporter.ServerFiles);
        using CancellationTokenSource stop = new();
        List<string> failures = [];
        HashSet<string> serials = [];
        int scrapes = 0;
        Task[] scrapers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(ScrapeAsync))];
        await SeenAsync(1);
        for (int i = 2; i <= 4; i++)
        {
            // First the certificate, later its key: in between the two do not match.
            exporter.Own.IssueServer("server");
            await SeenAsync(i);
        }

        await stop.CancelAsync();
        await Task.WhenAll(scrapers);
        Assert.Empty(failures);
        Assert.Equal(4, serials.Count);

        async Task SeenAsync(int count)
        {
            int before = scrapes;
            await Eventually.TrueAsync(
                () => Locked(() => serials.Count == count) && scrapes > before + 100, () => $"{serials.Count} certificates of {count}, {scrapes} scrapes\n{exporter.Child.Output}");
        }

        T Locked<T>(Func<T> action)
        {
            lock (serials)
            {
                return action();
            }
        }

        async Task ScrapeAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    // A new connection for each: a hundred handshakes per second.
                    using SocketsHttpHandler handler = new()
                    {
                        SslOptions = new()
                        {
                            RemoteCertificateValidationCallback = (_, certificate, _, _) => Locked(() => serials.Add(certificate!.GetSerialNumberString()) || true),
                        },
                    };
                    using HttpClient client = new(handler);
                    string body = await client.GetStringAsync(exporter.Address + "/metrics");
                    Assert.EndsWith("\n", body, StringComparison.Ordinal);
                    Interlocked.Increment(ref scrapes);
                }
                catch (Exception exception) when (exception is HttpRequestException or IOException)
                {
                    Locked(() => { failures.Add(exception.ToString()); return 0; });
                }
            }
        }
    }

    [Fact]
    public async Task BadNewVersion_KeepsTheOld_IsCountedAndReportedOnce_UntilItIsFixed()
    {
        const string Successful = "fd_exporter_web_config_last_reload_successful";
        await using SecuredExporter exporter = await SecuredExporter.StartAsync(SecuredExporter.ServerFiles + Users);
        File.WriteAllText(exporter.ConfigFile, SecuredExporter.ServerFiles + "basic_auth_users:\n  prometheus: secret\n");
        await Eventually.TrueAsync(async () => (await exporter.ScrapeAsync(s_password))[Successful] == 0, () => exporter.Child.Output);
        await Task.Delay(TimeSpan.FromSeconds(2.5));
        Assert.Equal(0, (await exporter.ScrapeAsync(s_password))[Successful]);
        string line = Assert.Single(exporter.Child.Output.Split('\n'), static line => line.Contains("level=ERROR", StringComparison.Ordinal));
        Assert.Contains($"msg=\"Web configuration not reloaded, the old one stays\" err=\"{exporter.ConfigFile}:5: basic_auth_users.prometheus: not a bcrypt hash", line, StringComparison.Ordinal);

        File.WriteAllText(exporter.ConfigFile, SecuredExporter.ServerFiles + Users.Replace("prometheus:", "grafana:", StringComparison.Ordinal));
        await Eventually.TrueAsync(async () => await exporter.StatusAsync("/metrics", s_password) == 401, () => exporter.Child.Output);
        Assert.Equal(1, (await exporter.ScrapeAsync("--user", "grafana:secret"))[Successful]);

        // Plain HTTP instead of TLS is not a valid new version.
        File.WriteAllText(exporter.ConfigFile, "basic_auth_users: {}\n");
        await Eventually.TrueAsync(async () => (await exporter.ScrapeAsync("--user", "grafana:secret"))[Successful] == 0, () => exporter.Child.Output);
        Assert.Contains("TLS can only be switched on or off by a restart", exporter.Child.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientAuthority_IsReplaced_AndItsCertificatesAreRefused()
    {
        await using SecuredExporter exporter = new();
        exporter.Own.IssueClient("client");
        exporter.Own.Replace("clients.crt", File.ReadAllText(exporter.Own.PathOf("ca.crt")));
        await exporter.StartWithAsync(SecuredExporter.ServerFiles + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: clients.crt\n");
        Assert.Equal(200, await exporter.StatusAsync("/-/healthy", exporter.AsClient("client")));
        using Certificates next = new(Path.GetDirectoryName(exporter.ConfigFile)!, "next");
        next.IssueClient("successor");
        exporter.Own.Replace("clients.crt", File.ReadAllText(exporter.Own.PathOf("next.crt")));
        await Eventually.TrueAsync(async () => (await exporter.CurlAsync("/-/healthy", exporter.AsClient("client"))).ExitCode != 0, () => exporter.Child.Output);
        Assert.Equal(200, await exporter.StatusAsync("/-/healthy", exporter.AsClient("successor")));
    }

    [Fact]
    public async Task Check_SaysWhatGuardsThePort()
    {
        await using SecuredExporter exporter = new();
        exporter.Own.IssueServer("server");
        File.WriteAllText(exporter.ConfigFile, Mutual);
        (int exitCode, string output, _) = await CheckAsync();
        Assert.Equal(0, exitCode);
        Assert.Matches(@"\nok     web_config          TLS with a certificate until " + DateTime.UtcNow.AddDays(30).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), output);
        File.SetUnixFileMode(exporter.Own.PathOf("server.key"), (UnixFileMode)0x1b6);
        (exitCode, output, _) = await CheckAsync();
        Assert.Equal(0, exitCode);
        Assert.Contains("\nnote   web_config ", output, StringComparison.Ordinal);
        Assert.Contains("is writable by everybody", output.Replace("\n", " ", StringComparison.Ordinal).Replace("  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        File.WriteAllText(exporter.ConfigFile, "tls: {}\n");
        (exitCode, output, _) = await CheckAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains("\nFAIL   web_config          ", output, StringComparison.Ordinal);

        Task<(int ExitCode, string Output, string Error)> CheckAsync()
            => Child.RunAsync(Exporter.Binary, null, "check", "--web.listen-address=127.0.0.1:0", $"--web.config.file={exporter.ConfigFile}");
    }

    /// <summary>The one line with which it exits.</summary>
    private static async Task<string> RefusalAsync(SecuredExporter exporter)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(
            Exporter.Binary, null, $"--web.config.file={exporter.ConfigFile}", "--log.level=warn", "--web.listen-address=127.0.0.1:0");
        Assert.Equal((1, ""), (exitCode, output));
        string line = Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.Contains("level=ERROR msg=\"fd-exporter cannot serve\" err=", line, StringComparison.Ordinal);
        return line;
    }
}
