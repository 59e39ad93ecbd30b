using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;

namespace FdExporter.Configuration;

/// <summary>Reads <c>tls_server_config</c> and checks that its parts are consistent.</summary>
internal sealed class TlsServerSection(StrictYaml yaml, string file, string key)
{
    private const string Known = "cert, key, client_ca, cert_file, key_file, client_ca_file, client_auth_type, client_allowed_sans, "
        + "min_version, max_version, cipher_suites, prefer_server_cipher_suites, curve_preferences";

    private readonly Dictionary<string, PemSource> _pem = new(StringComparer.Ordinal);
    private readonly List<string> _sans = [];
    private readonly List<TlsCipherSuite> _ciphers = [];
    private ClientAuthType _clientAuth;
    private int _minVersion;
    private int _maxVersion = TlsNames.Versions.Length - 1;

    /// <summary>Null if the section is empty.</summary>
    /// <exception cref="ConfigException">It cannot be used.</exception>
    internal TlsServerConfig? Take()
    {
        bool isEmpty = true;
        long start = WebConfigFile.TakeSection(yaml, key, (member, name, line) =>
        {
            isEmpty = false;
            TakeMember(member, name, line);
        });
        return isEmpty ? null : Checked(start);
    }

    private void TakeMember(string member, string name, long line)
    {
        switch (name)
        {
            case "cert" or "key" or "client_ca" or "cert_file" or "key_file" or "client_ca_file":
                TakePem(member, name, line);
                break;
            case "client_auth_type":
                _clientAuth = TakeClientAuth(member, line);
                break;
            case "client_allowed_sans":
                TakeList(member, (text, _, _) => _sans.Add(text));
                break;
            case "min_version":
                _minVersion = TakeVersion(member, line);
                break;
            case "max_version":
                _maxVersion = TakeVersion(member, line);
                break;
            case "cipher_suites":
                TakeList(member, TakeCipher);
                break;
            case "prefer_server_cipher_suites":
                // Go has ignored it since 1.17 and uses the server's order; so does the exporter.
                _ = yaml.TryTakeNull() || yaml.TakeBoolean(member);
                break;
            case "curve_preferences":
                TakeList(member, (_, at, item) => throw yaml.Error(
                    at, item, "not supported: OpenSSL chooses the curves (Groups in openssl.cnf); remove the key"));
                break;
            default:
                throw yaml.Error(line, member, $"unknown key; known are {Known}");
        }
    }

    private TlsServerConfig Checked(long start)
    {
        PemSource? clientCa = OneOf("client_ca", "client_ca_file");
        bool verifies = _clientAuth is ClientAuthType.VerifyClientCertIfGiven or ClientAuthType.RequireAndVerifyClientCert;
        if (clientCa is not null && _clientAuth == ClientAuthType.NoClientCert)
        {
            throw yaml.Error(clientCa.Line, clientCa.Key, "has no effect without client_auth_type: no certificate is requested");
        }

        if (verifies && clientCa is null)
        {
            throw yaml.Error(start, $"{key}.client_auth_type", $"{_clientAuth} needs client_ca or client_ca_file: otherwise certificates of every public authority would be accepted");
        }

        if (_sans.Count > 0 && _clientAuth is not (ClientAuthType.RequireAnyClientCert or ClientAuthType.RequireAndVerifyClientCert))
        {
            throw yaml.Error(start, $"{key}.client_allowed_sans", "needs client_auth_type RequireAndVerifyClientCert or RequireAnyClientCert: otherwise clients without certificate are accepted");
        }

        if (_minVersion > _maxVersion)
        {
            throw yaml.Error(start, $"{key}.min_version", "is above max_version");
        }

        return new TlsServerConfig
        {
            Certificate = OneOf("cert", "cert_file") ?? throw yaml.Error(start, key, "needs cert or cert_file"),
            Key = OneOf("key", "key_file") ?? throw yaml.Error(start, key, "needs key or key_file"),
            ClientCa = verifies ? clientCa : null,
            ClientAuth = _clientAuth,
            ClientAllowedSans = [.. _sans],
            Protocols = TlsNames.Versions[_minVersion..(_maxVersion + 1)].Aggregate(SslProtocols.None, static (all, each) => all | each.Protocol),
            CipherSuites = [.. _ciphers],
        };
    }

    private PemSource? OneOf(string inline, string fileKey)
    {
        PemSource? found = _pem.GetValueOrDefault(inline);
        PemSource? foundFile = _pem.GetValueOrDefault(fileKey);
        return found is not null && foundFile is not null
            ? throw yaml.Error(foundFile.Line, foundFile.Key, $"cannot be combined with {inline}")
            : found ?? foundFile;
    }

    private void TakePem(string member, string name, long line)
    {
        string text = yaml.TryTakeNull() ? "" : yaml.TakeText(member).Text;
        if (text.Length > 0)
        {
            string? path = !name.EndsWith("_file", StringComparison.Ordinal) ? null
                : text.Contains('\0', StringComparison.Ordinal) ? throw yaml.Error(line, member, "not a valid path")
                : Path.Combine(Path.GetDirectoryName(file) ?? "", text);
            _pem[name] = new PemSource(member, line, path, path is null ? text : "");
        }
    }

    private ClientAuthType TakeClientAuth(string member, long line)
    {
        string text = yaml.TryTakeNull() ? "" : yaml.TakeText(member).Text;
        return text switch
        {
            "" => ClientAuthType.NoClientCert,

            // Its former name.
            "RequireClientCert" => ClientAuthType.RequireAnyClientCert,
            _ => Enum.GetValues<ClientAuthType>().FirstOrDefault(each => each.ToString() == text, (ClientAuthType)(-1)) is var type && type >= 0
                ? type
                : throw yaml.Error(line, member, $"must be one of {string.Join(", ", Enum.GetNames<ClientAuthType>())}, not '{text}'"),
        };
    }

    /// <summary>Index into <see cref="TlsNames.Versions"/>.</summary>
    private int TakeVersion(string member, long line)
    {
        string text = yaml.TakeText(member).Text;
        int index = TlsNames.Versions.Select(static each => each.Name).ToImmutableArray().IndexOf(text);
        return index >= 0 ? index
            : TlsNames.OldVersions.Contains(text) ? throw yaml.Error(line, member, $"{text} is not supported: OpenSSL refuses versions older than TLS12")
            : throw yaml.Error(line, member, $"must be one of {string.Join(", ", TlsNames.Versions.Select(static each => each.Name))}, not '{text}'");
    }

    private void TakeCipher(string text, long line, string item)
    {
        TlsCipherSuite cipher = TlsNames.CipherSuites.FirstOrDefault(each => each.ToString() == text);
        _ciphers.Add(cipher != default ? cipher : throw yaml.Error(line, item, $"unknown or unsafe: '{text}'; supported are those of Go's tls.CipherSuites"));
    }

    private void TakeList(string member, Action<string, long, string> take)
    {
        if (!yaml.TryTakeNull())
        {
            yaml.TakeSequence(member, item =>
            {
                (string text, long line) = yaml.TakeText(item);
                take(text, line, item);
            });
        }
    }
}
