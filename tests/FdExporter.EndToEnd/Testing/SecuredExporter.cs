using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd.Testing;

/// <summary>The real binary with a web configuration, and curl as its client.</summary>
internal sealed class SecuredExporter : IAsyncDisposable
{
    /// <summary>Hash of the password "secret", at the lowest cost.</summary>
    internal const string SecretHash = "$2y$04$ZFBTh/OW9dRRcQH5zytirerAUuWO7ffvRR3DoH5r3emu820sruRRi";

    internal const string ServerFiles = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private Child? _child;

    internal SecuredExporter()
    {
        Own = new Certificates(_folder);
        Own.IssueServer("server");
    }

    /// <summary>Server, clients and their authority, beside the configuration.</summary>
    internal Certificates Own { get; }

    internal Child Child => _child!;

    /// <summary>Such as <c>https://127.0.0.1:33459</c>.</summary>
    internal string Address { get; private set; } = "";

    internal string ConfigFile => Own.PathOf("web.yml");

    internal static async Task<SecuredExporter> StartAsync(string config, params IEnumerable<string> arguments)
    {
        SecuredExporter exporter = new();
        await exporter.StartWithAsync(config, arguments);
        return exporter;
    }

    internal Task StartWithAsync(string config, params IEnumerable<string> arguments)
    {
        File.WriteAllText(ConfigFile, config);
        return StartOnAsync(ConfigFile, arguments);
    }

    /// <summary>With a configuration elsewhere.</summary>
    internal async Task StartOnAsync(string file, params IEnumerable<string> arguments)
    {
        _child = Child.Start(Exporter.Binary, [.. arguments, $"--web.config.file={file}", "--web.listen-address=127.0.0.1:0"]);
        string line = await _child.WaitForLineAsync("msg=\"Listening on\"");
        Address = line[(line.IndexOf("address=", StringComparison.Ordinal) + "address=".Length)..];
    }

    /// <summary>curl --silent, with the server's authority; returns its output and its own exit code.</summary>
    internal Task<(int ExitCode, string Output, string Error)> CurlAsync(string path, params IEnumerable<string> arguments)
        => Child.RunAsync("curl", null, ["--silent", "--show-error", "--cacert", Own.PathOf("ca.crt"), .. arguments, Address + path]);

    internal IEnumerable<string> AsClient(string name) => ["--cert", Own.PathOf($"{name}.crt"), "--key", Own.PathOf($"{name}.key")];

    /// <summary>Status code of an answer; fails without one.</summary>
    internal async Task<int> StatusAsync(string path, params IEnumerable<string> arguments)
    {
        (int exitCode, string output, string error) = await CurlAsync(path, [.. arguments, "--output", "/dev/null", "--write-out", "%{http_code}"]);
        Assert.True(exitCode == 0, $"curl {exitCode}: {error}\n{Child.Output}");
        return int.Parse(output, System.Globalization.CultureInfo.InvariantCulture);
    }

    internal async Task<Metrics> ScrapeAsync(params IEnumerable<string> arguments)
    {
        (int exitCode, string output, string error) = await CurlAsync("/metrics", arguments);
        Assert.True(exitCode == 0, $"curl {exitCode}: {error}\n{Child.Output}");
        return Metrics.Parse(output);
    }

    public async ValueTask DisposeAsync()
    {
        if (_child is not null)
        {
            await _child.DisposeAsync();
        }

        Own.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
