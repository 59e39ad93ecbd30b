using System.Globalization;
using FdExporter.Configuration;
using FdExporter.Linux.Files;
using FdExporter.Web.Security;

namespace FdExporter.Cli.Checks;

/// <summary>The file of <c>--web.config.file</c>, and its certificates.</summary>
internal static class WebConfigCheck
{
    private const string Check = "web_config";

    internal static CheckItem Run(CheckedHost host)
    {
        if (host.Options.WebConfigFile is not { } file)
        {
            return new CheckItem(Check, CheckStatus.Ok, "none: plain HTTP, no passwords") { Facts = { ["file"] = null } };
        }

        try
        {
            using FileThread thread = new();
            WatchedFiles files = new(thread);
            return ItemOf(file, LoadedWebConfig.Load(file, files), files.Doubts, TimeProvider.System.GetUtcNow());
        }
        catch (ConfigException exception)
        {
            return new CheckItem(Check, CheckStatus.Fail, exception.Message)
            {
                Advice = "Fix the file. Until then the exporter does not start; a running one keeps its configuration.",
                Facts = { ["file"] = file },
            };
        }
    }

    private static CheckItem ItemOf(string file, LoadedWebConfig loaded, IReadOnlyList<string> doubts, DateTimeOffset now)
    {
        WebConfig config = loaded.Config;
        string until = loaded.Tls?.NotAfter.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
        string clients = config.Tls is { ClientAuth: not ClientAuthType.NoClientCert and var clientAuth } ? $", {clientAuth}" : "";
        string tls = loaded.Tls is null ? "plain HTTP" : $"TLS with a certificate until {until}{clients}";
        string users = config.Users.Count switch
        {
            0 => "no passwords",
            1 => "1 user",
            var count => FormattableString.Invariant($"{count} users"),
        };
        bool isExpired = loaded.Tls?.NotAfter < now;
        string expired = isExpired ? "The certificate has expired: clients reject it. Renew it; no restart is needed. " : "";
        string unsafeFiles = doubts.Count > 0 ? $"Other users can change files that protect the port: {string.Join("; ", doubts)}." : "";
        return new CheckItem(Check, isExpired || doubts.Count > 0 ? CheckStatus.Note : CheckStatus.Ok, $"{tls}, {users}, in {file}")
        {
            Advice = (expired + unsafeFiles).TrimEnd(),
            Facts =
            {
                ["file"] = file,
                ["tls"] = loaded.Tls is not null,
                ["certificate_not_after"] = loaded.Tls is null ? null : until,
                ["client_auth_type"] = (config.Tls?.ClientAuth ?? ClientAuthType.NoClientCert).ToString(),
                ["users"] = config.Users.Count,
            },
        };
    }
}
