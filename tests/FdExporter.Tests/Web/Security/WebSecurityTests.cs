using System.Text;
using FdExporter.Configuration;
using FdExporter.Linux.Files;
using FdExporter.Metrics;
using FdExporter.Tests.Testing;
using FdExporter.Web.Security;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Web.Security;

/// <summary>Sequences of versions of a real file, and the protection in effect after each.</summary>
public sealed class WebSecurityTests : IDisposable
{
    private const string Hash = "$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG";
    private const string Users = $"basic_auth_users:\n  prometheus: {Hash}\n";
    private const string Rate = "rate_limit:\n  interval: 100ms\n  burst: 20\n";
    private const string Headers = "http_server_config:\n  headers:\n    X-Frame-Options: deny\n    Strict-Transport-Security: max-age=63072000\n";

    private const string Tls = """
        tls_server_config:
          cert_file: server.crt
          key_file: server.key
          client_auth_type: RequireAndVerifyClientCert
          client_ca_file: ca.crt
          client_allowed_sans:
            - prometheus.example
          min_version: TLS13
          cipher_suites:
            - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256

        """;

    private const string Successful = "fd_exporter_web_config_last_reload_successful";

    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
    private readonly ListLogger<WebSecurity> _log = new();
    private readonly ExporterMetrics _exporter = new();
    private FileThread _thread = new(TimeSpan.FromMinutes(1));
    private readonly Certificates _certificates;

    public WebSecurityTests()
    {
        _certificates = new Certificates(_folder);
        _certificates.IssueServer("server");
    }

    private string ConfigFile => Path.Combine(_folder, "web.yml");

    public void Dispose()
    {
        _thread.Dispose();
        _certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A file that is only partly written, for a moment or, when the disk is full, permanently.</summary>
    [Theory]
    [InlineData(Tls + Users + Rate + Headers)]
    [InlineData(Headers + Rate + Users + Tls)]
    [InlineData(Users + Tls + Headers + Rate)]
    public void FileTruncatedAtEachByte_RemovesNoProtection(string config)
    {
        WebSecurity security = Start(config);
        for (int length = 0; length <= config.Length; length++)
        {
            File.WriteAllText(ConfigFile, config[..length]);
            Look(security);
            WebConfig used = Look(security, WebSecurity.SettledAfter).Config;
            Assert.True(IsWhollyGuarded(used), $"opened by:\n{config[..length]}");
        }

        Assert.Same(security.Current(), Look(security));
        Assert.DoesNotContain(_log.Lines, static line => line.Contains("protects less", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "web.yml:1: document: enables no protection; write basic_auth_users: {} to allow all clients")]
    [InlineData("rate_limit: {interval: 1s, burst: 5}\n", "web.yml:1: basic_auth_users: is missing but set in the configuration in use; to remove this protection write {}")]
    [InlineData("basic_auth_users:\nrate_limit: {interval: 1s, burst: 5}\n", "web.yml:1: basic_auth_users: is missing")]
    public async Task MissingProtection_IsRejected_WithTheWayToRemoveItExplicitly(string next, string complaint)
    {
        WebSecurity security = Start(Users);
        File.WriteAllText(ConfigFile, next);
        for (int second = 0; second < 60; second++)
        {
            Assert.Single(Look(security).Config.Users);
        }

        Assert.Contains(complaint, Assert.Single(_log.Lines, static line => line.StartsWith("Error ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(0, await ValueOf(Successful));
        File.WriteAllText(ConfigFile, Users);
        Look(security);
        Assert.Equal(1, await ValueOf(Successful));
    }

    [Theory]
    [InlineData("basic_auth_users", Tls + Rate + Headers + "basic_auth_users: {}\n")]
    [InlineData("rate_limit.interval", Tls + Users + Headers + "rate_limit: {interval: 0}\n")]
    [InlineData("rate_limit.interval", Tls + Users + Headers + "rate_limit: {}\n")]
    [InlineData("http_server_config.headers.X-Frame-Options, http_server_config.headers.Strict-Transport-Security", Tls + Users + Rate + "http_server_config: {headers: {}}\n")]
    [InlineData("http_server_config.headers.X-Frame-Options", Tls + Users + Rate + "http_server_config: {headers: {X-Frame-Options: '', Strict-Transport-Security: max-age=1}}\n")]
    [InlineData("tls_server_config.client_auth_type, tls_server_config.client_allowed_sans, tls_server_config.cipher_suites, tls_server_config.min_version",
        "tls_server_config: {cert_file: server.crt, key_file: server.key, client_auth_type: NoClientCert, client_allowed_sans: [], cipher_suites: [], min_version: TLS12}\n" + Users + Rate + Headers)]
    public void ProtectionRemovedExplicitly_TakesEffectAfterADelay_WithAWarning(string keys, string next)
    {
        WebSecurity security = Start(Tls + Users + Rate + Headers);
        File.WriteAllText(ConfigFile, next);
        for (int second = 0; second <= 4; second++)
        {
            Assert.True(IsWhollyGuarded(Look(security).Config));
        }

        // The file is changed again meanwhile, so the wait starts again.
        File.AppendAllText(ConfigFile, "# so it shall be\n");
        for (int second = 0; second <= 4; second++)
        {
            Assert.True(IsWhollyGuarded(Look(security).Config));
        }

        Assert.Empty(_log.Lines);
        Assert.False(IsWhollyGuarded(Look(security).Config));
        string warning = Assert.Single(_log.Lines, static line => line.StartsWith("Warning ", StringComparison.Ordinal));
        Assert.Contains("protects less", warning, StringComparison.Ordinal);
        Assert.Contains($"without={keys}", warning + " ", StringComparison.Ordinal);
        Assert.Equal(2, _log.Lines.Count);
    }

    [Fact]
    public void OtherProtection_IsTakenAtOnce()
    {
        WebSecurity security = Start(Users);
        File.WriteAllText(ConfigFile, Users.Replace("prometheus:", "grafana:", StringComparison.Ordinal) + Rate);
        WebConfig used = Look(security).Config;
        Assert.Equal(("grafana", 20), (Assert.Single(used.Users).Key, used.RateLimit!.Burst));
    }

    [Fact]
    public void RaisedTlsVersion_IsTakenAtOnce()
    {
        WebSecurity security = Start("tls_server_config: {cert_file: server.crt, key_file: server.key, max_version: TLS12}\n");
        File.WriteAllText(ConfigFile, "tls_server_config: {cert_file: server.crt, key_file: server.key, min_version: TLS13}\n");
        Assert.Equal(System.Security.Authentication.SslProtocols.Tls13, Look(security).Config.Tls!.Protocols);
    }

    /// <summary>At the start there is no previous version to keep.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    [InlineData("---\n")]
    [InlineData("tls_server_config:\nhttp_server_config:\nbasic_auth_users:\nrate_limit:\n")]
    public void Start_WithAFileThatGuardsNothing_IsRefused(string config)
        => Assert.Contains("enables no protection", Assert.Throws<ConfigException>(() => Start(config)).Message, StringComparison.Ordinal);

    [Fact]
    public void Start_WithAFileThatExplicitlyGuardsNothing_IsAccepted() => Assert.Null(Start("basic_auth_users: {}\n").Current().Passwords);

    [Fact]
    public void FileThatWasHalfWrittenAtTheStart_IsWholeForTheFirstRequest()
    {
        WebSecurity security = Start(Rate);
        File.WriteAllText(ConfigFile, Rate + Users);
        Assert.NotNull(security.Current().Passwords);
    }

    [Fact]
    [Needs("root")]
    public async Task FileOnADeadDisk_KeepsTheVersionInUse_IsReportedOnce_AndReadWhenItAnswers()
    {
        _thread.Dispose();
        _thread = new FileThread(TimeSpan.FromSeconds(1));
        WebSecurity security = Start(Tls + Users + Rate + Headers);
        using (DeadDisk.Over(_folder))
        {
            for (int second = 0; second < 10; second++)
            {
                Assert.True(IsWhollyGuarded(Look(security).Config));
            }

            Assert.Contains($"{ConfigFile}: cannot be read: no answer within 1 s", Assert.Single(_log.Lines), StringComparison.Ordinal);
            Assert.Equal(0, await ValueOf(Successful));
        }

        for (int i = 0; i < 1000 && await ValueOf(Successful) == 0; i++)
        {
            // The read that waits there fails a moment later.
            await Task.Delay(10, TestContext.Current.CancellationToken);
            Assert.True(IsWhollyGuarded(Look(security).Config));
        }

        Assert.Equal(1, await ValueOf(Successful));
        File.WriteAllText(ConfigFile, Tls + Rate + Headers + Users.Replace("prometheus:", "grafana:", StringComparison.Ordinal));
        Assert.Equal("grafana", Assert.Single(Look(security).Config.Users).Key);
    }

    [Fact]
    public void FilesThatOthersCanChange_AreWarnedOf_AtTheStartAndWithEachVersion()
    {
        Start(Tls);
        Assert.Empty(_log.Lines);
        File.SetUnixFileMode(ConfigFile, (UnixFileMode)0x1b6);
        File.SetUnixFileMode(Path.Combine(_folder, "server.key"), (UnixFileMode)0x1b6);
        WebSecurity security = WebSecurity.Load(ConfigFile, _thread, _exporter, _time, _log);
        Assert.Equal(
            [$"Warning Other users can change files of the web configuration warning={ConfigFile} is writable by everybody", $"Warning Other users can change files of the web configuration warning={_folder}/server.key is writable by everybody"],
            _log.Lines.Select(static line => line[..line.IndexOf(" {OriginalFormat}", StringComparison.Ordinal)]));
        File.AppendAllText(ConfigFile, Users);
        Look(security);
        Assert.Equal(2 + 1 + 2, _log.Lines.Count);
    }

    private static bool IsWhollyGuarded(WebConfig config) => config is
    {
        Users.Count: 1,
        RateLimit: not null,
        Headers.Length: 2,
        Tls:
        {
            ClientAuth: ClientAuthType.RequireAndVerifyClientCert,
            ClientCa: not null,
            ClientAllowedSans.Length: 1,
            CipherSuites.Length: 1,
            Protocols: System.Security.Authentication.SslProtocols.Tls13,
        },
    };

    private WebSecurity Start(string config)
    {
        File.WriteAllText(ConfigFile, config);
        return WebSecurity.Load(ConfigFile, _thread, _exporter, _time, _log);
    }

    private LoadedWebConfig Look(WebSecurity security, TimeSpan? after = null)
    {
        _time.Advance(after ?? TimeSpan.FromSeconds(1));
        return security.Current();
    }

    private async Task<double> ValueOf(string gauge)
    {
        string text = Encoding.UTF8.GetString(await Exposition.WriteAsync(Prometheus.ExpositionFormat.PrometheusText, _exporter.Registry));
        string line = text.Split('\n').Single(line => line.StartsWith(gauge + " ", StringComparison.Ordinal));
        return double.Parse(line[gauge.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
