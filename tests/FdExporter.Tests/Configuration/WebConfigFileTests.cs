using System.Net.Security;
using System.Security.Authentication;
using FdExporter.Configuration;

namespace FdExporter.Tests.Configuration;

public class WebConfigFileTests
{
    private const string Hash = "$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG";

    private static readonly string s_data = Path.Combine(Testing.Repository.Root, "tests", "FdExporter.Tests", "Configuration", "WebData");

    public static TheoryData<string> Good() => [.. Directory.GetFiles(s_data, "*.good.yml").Select(path => Path.GetFileName(path))];

    public static TheoryData<string> Bad() => [.. Directory.GetFiles(s_data, "*.bad.yml").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Good))]
    public void Parse_GoodFile_Succeeds(string file) => Assert.NotNull(Load(file));

    [Theory]
    [MemberData(nameof(Bad))]
    public void Parse_BadFile_SaysInOneLineWhereAndWhy(string file)
    {
        string text = File.ReadAllText(Path.Combine(s_data, file));
        ConfigException error = Assert.Throws<ConfigException>(() => WebConfigFile.Parse(file, text));
        Assert.Equal($"{file}:{text.Split('\n')[1][2..]}", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    [InlineData("~")]
    [InlineData("tls_server_config:\nhttp_server_config:\nbasic_auth_users:\nrate_limit:\n")]
    [InlineData("http_server_config: {headers: {Content-Security-Policy: }}")]
    public void Parse_Nothing_IsRefusedAndSaysWhatToWrite(string text)
        => Assert.Equal(
            "web.yml:1: document: enables no protection; write basic_auth_users: {} to allow all clients",
            Assert.Throws<ConfigException>(() => WebConfigFile.Parse("web.yml", text)).Message);

    [Fact]
    public void Parse_NothingOnPurpose_GuardsNothing()
    {
        WebConfig config = WebConfigFile.Parse("web.yml", "basic_auth_users: {}");
        Assert.Null(config.Tls);
        Assert.Null(config.RateLimit);
        Assert.Empty(config.Users);
        Assert.Empty(config.Headers);
        Assert.True(config.Http2);
    }

    [Fact]
    public void Parse_PresentKeys_IncludeExplicitlyEmptyOnes()
        => Assert.Equal(
            ["basic_auth_users", "http_server_config.headers.Content-Security-Policy", "http_server_config.http2", "tls_server_config.cert_file", "tls_server_config.cipher_suites", "tls_server_config.key_file"],
            WebConfigFile.Parse("web.yml", """
                basic_auth_users: {}
                http_server_config: {http2: no, headers: {Content-Security-Policy: '', Strict-Transport-Security: }}
                tls_server_config: {cert_file: a, key_file: b, cipher_suites: [], client_allowed_sans: , client_auth_type: }
                rate_limit:
                """).Said.Order(StringComparer.Ordinal));

    [Fact]
    public void Parse_RelativePaths_AreRelativeToTheFile()
    {
        WebConfig config = WebConfigFile.Parse("/etc/exporter/web.yml", "tls_server_config: {cert_file: tls/a.crt, key_file: /run/a.key}");
        Assert.Equal("/etc/exporter/tls/a.crt", config.Tls!.Certificate.File);
        Assert.Equal("/run/a.key", config.Tls.Key.File);
        Assert.Equal("a.crt", WebConfigFile.Parse("web.yml", "tls_server_config: {cert_file: a.crt, key_file: a.key}").Tls!.Certificate.File);
    }

    [Fact]
    public void Parse_InlineCertificate_KeepsItsLines()
    {
        WebConfig config = WebConfigFile.Parse("web.yml", "tls_server_config:\n  cert: |\n    -----BEGIN\n    MII\n  key: |\n    KEY\n");
        Assert.Equal((null, "-----BEGIN\nMII\n"), (config.Tls!.Certificate.File, config.Tls.Certificate.Inline));
        Assert.Equal(("tls_server_config.key", "KEY\n"), (config.Tls.Key.Key, config.Tls.Key.Inline));
    }

    [Theory]
    [InlineData("tls.good.yml", SslProtocols.Tls12 | SslProtocols.Tls13)]
    [InlineData("version-12.good.yml", SslProtocols.Tls12)]
    [InlineData("version-13.good.yml", SslProtocols.Tls13)]
    [InlineData("versions.good.yml", SslProtocols.Tls12 | SslProtocols.Tls13)]
    public void Parse_Versions(string file, SslProtocols protocols) => Assert.Equal(protocols, Load(file).Tls!.Protocols);

    [Fact]
    public void Parse_Ciphers_AreInTheirOrder() => Assert.Equal(
        [TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384],
        Load("some-ciphers.good.yml").Tls!.CipherSuites);

    [Fact]
    public void Parse_Sans_AreTextAsTheyStand() => Assert.Equal(
        ["prometheus.example", "192.0.2.1", "spiffe://example/prometheus", "ops@example"],
        Load("sans.newer.good.yml").Tls!.ClientAllowedSans);

    [Fact]
    public void Parse_Rate_IsOfAllUnits()
    {
        Assert.Equal(new RequestRate(TimeSpan.FromSeconds(90), 5), Load("rate-limit.newer.good.yml").RateLimit);
        Assert.Null(Load("rate-limit-off.newer.good.yml").RateLimit);
    }

    [Fact]
    public void Parse_BlankHeaders_AreNotSet()
    {
        Assert.Empty(Load("headers-blank.good.yml").Headers);
        Assert.Equal("sameorigin", Load("headers.good.yml").Headers.Single(static header => header.Key == "X-Frame-Options").Value);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("yes", true)]
    [InlineData("On", true)]
    [InlineData("n", false)]
    [InlineData("FALSE", false)]
    [InlineData("~", true)]
    public void Parse_Http2_InAnySpellingOfYaml(string text, bool expected)
        => Assert.Equal(expected, WebConfigFile.Parse("web.yml", $"{{http_server_config: {{http2: {text}}}, basic_auth_users: {{}}}}").Http2);

    [Fact]
    public void Parse_Message_NeverShowsASecret()
    {
        foreach (string text in (string[])
        [
            $"basic_auth_users: {{dave: {Hash[..^1]}}}",
            "basic_auth_users: {dave: [hunter2]}",
            "basic_auth_users: {dave: {hunter2: x}}",
            "tls_server_config: {cert: a, key: [hunter2]}",
            "tls_server_config: {cert: a, key: hunter2, key_file: b}",
        ])
        {
            ConfigException error = Assert.Throws<ConfigException>(() => WebConfigFile.Parse("web.yml", text));
            Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("X0h1gDs", error.Message, StringComparison.Ordinal);
        }
    }

    private static WebConfig Load(string file) => WebConfigFile.Parse(file, File.ReadAllText(Path.Combine(s_data, file)));
}
