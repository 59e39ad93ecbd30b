using FdExporter.Configuration;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Fuzz.Targets;

/// <summary>Input of an administrator: the rules and their parts, the web configuration, flags.</summary>
internal static class ConfigurationTargets
{
    private static readonly string[] s_commandLines = ["", "a", "ab A\U0001F600\n", "java -jar /opt/x.jar --tenant=a", new('a', 64)];

    internal static IEnumerable<FuzzTarget> All =>
    [
        new("config-rules", Rules, Captured.RuleFiles())
        {
            Words = ["process_names:", "- name: ", "  comm: ", "  exe: ", "  cmdline: ", "[", "]", "{", "}", "\n  - ", "'", "\"", "\"\\uD83D\"", "&a", "*a", "!!str", "---", "{{.Comm}}", "{{.Matches.x}}", "(?P<x>.)"],
            MaxLength = 64 * 1024,
        },
        new("config-web", Web, Captured.WebConfigs())
        {
            Words = ["tls_server_config:", "\n  cert_file: ", "\n  key: |\n    ", "  client_auth_type: ", "  client_allowed_sans: ", "  cipher_suites: ", "http_server_config:", "  headers:", "basic_auth_users:", "rate_limit:", "[", "]", "{", "}", "\n  - ", "'", "\"", "\"\\0\"", "null", "$2y$10$", "1h1m", "&a", "*a", "---"],
            MaxLength = 64 * 1024,
        },
        new("config-pattern", Pattern, Captured.Of(@"-config.path\s+(?P<Cfgfile>\S+)", @"^[[:^punct:]_a-z-[x]]+$", @"(?i:a|b)*?\Q.*\E{2,3}\pL\P{^Lu}", @"(?U)\x{1F600}\x41\123$", "(a{20}){20}"))
        {
            Words = ["(?P<", "(?:", "(?i)", "(?-s:", "[[:alpha:]]", "[:", ":]", "[^", @"\Q", @"\E", @"\p{", @"\pL", @"\x{", @"\b", "{2,3}", "{1000}", "(?<", "\U0001F600", "\uF8FE"],
            MaxLength = CommandLinePattern.MaxLength,
        },
        new("config-template", Template, Captured.Of("{{.ExeBase}}:{{ .Matches.Path }}", "{{index .Matches \"Path\"}}", "{{.Comm}}-{{.PID}} {{.Unit}}{{.Pod}}"))
        {
            Words = ["{{", "}}", ".Matches.", "index .Matches ", ".Comm", ".ExeFull", ".StartTime", ".Cgroups"],
        },
        new("flag-collector", Collector, Captured.Of("system", "process", "tcp", "socket_owner", "listeners", "connections", "files")) { MaxLength = 4096 },
        new("flag-duration", Length, Captured.Of("500ms", "0.5s", "15m", "2h")) { Words = ["NaN", "Infinity", "-", "e9", "ms"], MaxLength = 4096 },
        new("flag-external-url", Url, Captured.Of("http://web-3:10070", "https://[::1]:443/fd/", "http://a//")) { Words = ["http://", "https://", "[", "]", "/", ":"], MaxLength = 4096 },
        new("flag-listen-address", Address, Captured.Of(":10070", "127.0.0.1:10070", "[::1]:10070", "localhost:10070")) { MaxLength = 4096 },
    ];

    private static bool Rules(ReadOnlySpan<byte> input)
    {
        RuleFile file;
        try
        {
            file = RuleFile.Parse("f", Texts.DecodeWild(input));
        }
        catch (ConfigException exception)
        {
            string message = exception.Message;
            Expect.True(message.StartsWith("f:", StringComparison.Ordinal));
            Expect.True(message.Length < 1200);
            Expect.True(!message.Any(static c => char.IsControl(c) || c is '\u2028' or '\u2029'), "the message has more than one line");
            return false;
        }

        ProcessDescription process = Processes.Of("java", "/usr/bin/java", "-jar", "/opt/\U0001F600.jar");
        string? name = new GroupRules(file).NameOf(process);
        Expect.True(name is null || name.Length is > 0 and <= GroupName.MaxLength);
        Expect.ValidText(name ?? "");
        Expect.Equal(name, new GroupRules(file).NameOf(process));
        return true;
    }

    private static bool Web(ReadOnlySpan<byte> input)
    {
        WebConfig config;
        try
        {
            config = WebConfigFile.Parse("/d/f", Texts.DecodeWild(input));
        }
        catch (ConfigException exception)
        {
            string message = exception.Message;
            Expect.True(message.StartsWith("/d/f:", StringComparison.Ordinal));
            Expect.True(message.Length < 1200);
            Expect.True(!message.Any(static c => char.IsControl(c) || c is '\u2028' or '\u2029'), "the message has more than one line");
            return false;
        }

        Expect.True(config.Headers.All(static header => header.Value.Length > 0 && header.Value.All(static c => c is >= ' ' and <= '~')), "a header can be split");
        Expect.True(config.Users.Values.All(static hash => hash.Length == 60));
        Expect.True(config.RateLimit is null or { Burst: > 0, Interval.Ticks: > 0 });
        if (config.Tls is { } tls)
        {
            Expect.True(tls.Protocols != System.Security.Authentication.SslProtocols.None);
            Expect.True(tls.ClientCa is null || tls.ClientAuth is ClientAuthType.VerifyClientCertIfGiven or ClientAuthType.RequireAndVerifyClientCert);
            Expect.True(tls.ClientAuth is not (ClientAuthType.VerifyClientCertIfGiven or ClientAuthType.RequireAndVerifyClientCert) || tls.ClientCa is not null, "certificates are verified against nothing");
            Expect.True(tls.ClientAllowedSans.IsEmpty || tls.ClientAuth is ClientAuthType.RequireAnyClientCert or ClientAuthType.RequireAndVerifyClientCert);
            Expect.True(tls.Certificate.File is null || Path.IsPathRooted(tls.Certificate.File));
        }

        return true;
    }

    private static bool Pattern(ReadOnlySpan<byte> input)
    {
        string text = Texts.DecodeWild(input);
        bool isPattern = CommandLinePattern.TryCreate(text, out CommandLinePattern? pattern, out string reason);
        Expect.Equal(isPattern, reason.Length == 0);
        Expect.Equal(isPattern, pattern is not null);
        if (pattern is null)
        {
            return false;
        }

        Expect.True(pattern.GroupNames.Where(static name => name.Length > 0).Distinct().Count() == pattern.GroupNames.Count(static name => name.Length > 0));
        foreach (string commandLine in s_commandLines)
        {
            Dictionary<string, string> matches = [];
            Expect.Equal(pattern.IsMatch(commandLine, null), pattern.IsMatch(commandLine, matches));
            Expect.True(matches.Values.All(value => commandLine.Contains(value, StringComparison.Ordinal)));
        }

        return true;
    }

    private static bool Template(ReadOnlySpan<byte> input)
    {
        string text = Texts.DecodeWild(input);
        bool parsed = NameTemplate.TryParse(text, out NameTemplate? template, out string reason);
        Expect.Equal(parsed, reason.Length == 0);
        if (template is null)
        {
            return false;
        }

        string name = GroupName.Render(template, Processes.Of("\U0001F600", "/usr/bin/\U0001F600", "-x"), null);
        Expect.True(name.Length <= GroupName.MaxLength);
        Expect.ValidText(name);

        // Written out again in one spelling, it is the same template.
        string written = string.Concat(template.Parts.Select(static part => part.Field switch
        {
            NameField.Literal => part.Text,
            NameField.Match => $"{{{{.Matches.{part.Text}}}}}",
            NameField.Pid => "{{.PID}}",
            _ => $"{{{{ .{part.Field} }}}}",
        }));
        Expect.True(NameTemplate.TryParse(written, out NameTemplate? again, out _) && again.Parts.SequenceEqual(template.Parts));
        return true;
    }

    private static bool Collector(ReadOnlySpan<byte> input)
    {
        string text = Texts.DecodeWild(input);
        bool parsed = CollectorNames.TryParse(text, out Collectors collector);
        Expect.Equal(parsed, collector != Collectors.None);
        Expect.True(!parsed || CollectorNames.Of(collector) == text);
        return parsed;
    }

    private static bool Length(ReadOnlySpan<byte> input)
    {
        bool parsed = Duration.TryParse(Texts.DecodeWild(input), out TimeSpan length);
        Expect.True(length >= TimeSpan.Zero && length <= TimeSpan.FromDays(365));
        Expect.True(parsed || length == TimeSpan.Zero);
        Expect.True(Duration.TryParse(FormattableString.Invariant($"{(long)length.TotalMilliseconds}ms"), out TimeSpan again)
            && again == TimeSpan.FromMilliseconds((long)length.TotalMilliseconds));
        return parsed;
    }

    private static bool Url(ReadOnlySpan<byte> input)
    {
        bool parsed = ExternalUrl.TryNormalize(Texts.DecodeWild(input), out string url);
        if (parsed)
        {
            // It is used in links and labels, followed by a path.
            Expect.True(!url.EndsWith('/') && url.All(static c => c is > ' ' and <= '~' and not ('"' or '<' or '>')));
            Expect.True(ExternalUrl.TryNormalize(url, out string again) && again == url);
            Expect.True(Uri.TryCreate(url + "/runbooks/FdCloseWaitOld", UriKind.Absolute, out Uri? link) && link.Query.Length == 0 && link.Fragment.Length == 0);
        }

        return parsed;
    }

    private static bool Address(ReadOnlySpan<byte> input)
    {
        string text = Texts.DecodeWild(input);
        bool parsed = ListenAddress.TryParse(text, out ListenAddress? address);
        Expect.Equal(parsed, address is not null);
        if (address is null)
        {
            return false;
        }

        Expect.Equal(text, address.Text);
        Expect.True(address.Port is >= 0 and <= ushort.MaxValue);
        Expect.True(address.Host is null || !address.IsLocalhost);
        string host = address.IsLocalhost ? "localhost"
            : address.Host is not { } ip ? ""
            : ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{ip}]" : $"{ip}";
        Expect.True(ListenAddress.TryParse(FormattableString.Invariant($"{host}:{address.Port}"), out ListenAddress? again)
            && again! with { Text = text } == address);
        return true;
    }
}
