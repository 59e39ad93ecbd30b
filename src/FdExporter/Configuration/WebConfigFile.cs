using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FdExporter.Configuration;

/// <summary>
/// The file of <c>--web.config.file</c>, in the format of prometheus/exporter-toolkit; files of other exporters can be used
/// unchanged. Unsupported settings are rejected, never ignored.
/// </summary>
internal static partial class WebConfigFile
{
    /// <summary>Supported headers, some with a fixed set of values.</summary>
    private static readonly FrozenDictionary<string, string[]> s_headers = new Dictionary<string, string[]>
    {
        ["Content-Security-Policy"] = [],
        ["X-Frame-Options"] = ["deny", "sameorigin"],
        ["X-Content-Type-Options"] = ["nosniff"],
        ["X-XSS-Protection"] = [],
        ["Strict-Transport-Security"] = [],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <param name="file">Its path: base of its relative paths, and the file name for error messages.</param>
    /// <exception cref="ConfigException">The text cannot be used.</exception>
    // tls_server_config:
    //   cert_file: server.crt
    //   key_file: server.key
    // basic_auth_users:
    //   prometheus: $2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG
    internal static WebConfig Parse(string file, string text)
    {
        WebConfig config = new();
        StrictYaml.Read(file, text, yaml =>
        {
            yaml.TakeMapping("", (name, line) => config = name switch
            {
                "tls_server_config" => config with { Tls = new TlsServerSection(yaml, file, name).Take() },
                "http_server_config" => TakeHttp(yaml, name, config),
                "basic_auth_users" => config with { Users = TakeUsers(yaml, name) },
                "rate_limit" => config with { RateLimit = TakeRate(yaml, name) },
                _ => throw yaml.Error(line, name, "unknown key; known are tls_server_config, http_server_config, basic_auth_users, rate_limit"),
            });
            config = config with { Said = yaml.Said };
        });

        // An editor may truncate a file for a moment, a full disk permanently.
        if (config.Said.Count == 0 && config.Users.Count == 0)
        {
            throw new ConfigException(file, 1, "document", "enables no protection; write basic_auth_users: {} to allow all clients");
        }

        if (config is { Http2: true, Tls: { CipherSuites: [_, ..] ciphers } tls }
            && tls.Protocols.HasFlag(System.Security.Authentication.SslProtocols.Tls12)
            && !ciphers.Any(static cipher => TlsNames.OfHttp2.Contains(cipher)))
        {
            throw new ConfigException(
                file, tls.Certificate.Line, "tls_server_config.cipher_suites", $"HTTP/2 needs one of {string.Join(", ", TlsNames.OfHttp2)}; or set http_server_config.http2 to false");
        }

        return config;
    }

    private static WebConfig TakeHttp(StrictYaml yaml, string key, WebConfig config)
    {
        bool http2 = config.Http2;
        List<KeyValuePair<string, string>> headers = [];
        TakeSection(yaml, key, (member, name, line) =>
        {
            switch (name)
            {
                case "http2":
                    http2 = yaml.TryTakeNull() || yaml.TakeBoolean(member);
                    break;
                case "headers":
                    TakeSection(yaml, member, (header, headerName, headerLine) => TakeHeader(yaml, header, headerName, headerLine, headers));
                    break;
                default:
                    throw yaml.Error(line, member, "unknown key; known are http2, headers");
            }
        });
        return config with { Http2 = http2, Headers = [.. headers] };
    }

    private static void TakeHeader(StrictYaml yaml, string key, string name, long line, List<KeyValuePair<string, string>> headers)
    {
        if (!s_headers.TryGetValue(name, out string[]? allowed))
        {
            throw yaml.Error(line, key, $"not a supported header; supported are {string.Join(", ", s_headers.Keys.Order(StringComparer.Ordinal))}");
        }

        string value = yaml.TryTakeNull() ? "" : yaml.TakeText(key).Text;
        if (allowed.Length > 0 && value.Length > 0 && !allowed.Contains(value, StringComparer.Ordinal))
        {
            throw yaml.Error(line, key, $"must be {string.Join(" or ", allowed)}, not '{value}'");
        }

        if (value.Any(static c => c is < ' ' or > '~'))
        {
            throw yaml.Error(line, key, "a header value must be printable ASCII");
        }

        if (value.Length > 0)
        {
            headers.Add(new(name, value));
        }
    }

    private static FrozenDictionary<string, string> TakeUsers(StrictYaml yaml, string key)
    {
        Dictionary<string, string> users = new(StringComparer.Ordinal);
        TakeSection(yaml, key, (member, name, line) =>
        {
            // Only the user's name: a message must not show possible passwords.
            string hash = yaml.TryTakeNull() ? "" : yaml.TakeText(member).Text;
            if (!BcryptHash().IsMatch(hash))
            {
                throw yaml.Error(line, member, "not a bcrypt hash; create one with htpasswd -nBC 10 USER");
            }

            if (name.Contains(':', StringComparison.Ordinal))
            {
                throw yaml.Error(line, member, "a user name must not contain a colon");
            }

            users.Add(name, hash);
        });
        return users.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static RequestRate? TakeRate(StrictYaml yaml, string key)
    {
        TimeSpan interval = TimeSpan.Zero;
        int burst = 0;
        long start = TakeSection(yaml, key, (member, name, line) =>
        {
            string value = yaml.TakeText(member).Text;
            switch (name)
            {
                case "interval" when value == "0" || Duration.TryParse(value, out interval):
                    break;
                case "interval":
                    throw yaml.Error(line, member, $"not a duration such as 100ms or 1s: '{value}'");
                case "burst" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out burst):
                    break;
                case "burst":
                    throw yaml.Error(line, member, $"not a number: '{value}'");
                default:
                    throw yaml.Error(line, member, "unknown key; known are interval, burst");
            }
        });
        return interval == TimeSpan.Zero ? null
            : burst > 0 ? new RequestRate(interval, burst)
            : throw yaml.Error(start, $"{key}.burst", "must be at least 1: with 0 every request would be rejected");
    }

    /// <param name="member">Receives the full key, its name and its line.</param>
    /// <returns>The line on which it starts; 0 if it is empty.</returns>
    internal static long TakeSection(StrictYaml yaml, string key, Action<string, string, long> member)
        => yaml.TryTakeNull() ? 0 : yaml.TakeMapping(key, (name, line) => member(StrictYaml.Join(key, name), name, line));

    // Cost 4 to 31.
    [GeneratedRegex(@"\A\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}\z", RegexOptions.CultureInvariant)]
    private static partial Regex BcryptHash();
}
