namespace FdExporter.Configuration;

/// <summary>
/// Protections of the port that the current web configuration has and the next one lacks. A missing key removes no
/// protection, since any half-written file lacks keys: removal must be explicit.
/// </summary>
internal static class WebProtections
{
    /// <returns>The keys of protections that <paramref name="next"/> removes explicitly.</returns>
    /// <exception cref="ConfigException">It removes one, but not explicitly; the message shows how to.</exception>
    internal static IReadOnlyList<string> Removed(string file, WebConfig used, WebConfig next)
    {
        List<string> keys = [];
        foreach ((string key, string off) in FindRemoved(used, next))
        {
            keys.Add(IsSetOrWithin(next.Said, key)
                ? key
                : throw new ConfigException(file, 1, key, $"is missing but set in the configuration in use; to remove this protection write {off}"));
        }

        return keys;
    }

    /// <summary>Each with the value that removes it.</summary>
    private static IEnumerable<(string Key, string Off)> FindRemoved(WebConfig used, WebConfig next)
    {
        if (used.Users.Count > 0 && next.Users.Count == 0)
        {
            yield return ("basic_auth_users", "{}");
        }

        if (used.RateLimit is not null && next.RateLimit is null)
        {
            yield return ("rate_limit.interval", "0");
        }

        foreach ((string name, _) in used.Headers.Where(header => !next.Headers.Any(each => each.Key == header.Key)))
        {
            yield return ($"http_server_config.headers.{name}", "\"\"");
        }

        foreach ((string name, string off) in used.Tls is { } tls && next.Tls is { } nextTls ? FindRemoved(tls, nextTls) : [])
        {
            yield return ($"tls_server_config.{name}", off);
        }
    }

    private static IEnumerable<(string Key, string Off)> FindRemoved(TlsServerConfig used, TlsServerConfig next)
    {
        if ((Requires(used.ClientAuth) && !Requires(next.ClientAuth)) || (Verifies(used.ClientAuth) && !Verifies(next.ClientAuth)))
        {
            yield return ("client_auth_type", next.ClientAuth.ToString());
        }

        if (!used.ClientAllowedSans.IsEmpty && next.ClientAllowedSans.IsEmpty)
        {
            yield return ("client_allowed_sans", "[]");
        }

        if (!used.CipherSuites.IsEmpty && next.CipherSuites.IsEmpty)
        {
            yield return ("cipher_suites", "[]");
        }

        if (Oldest(next) < Oldest(used))
        {
            yield return ("min_version", TlsNames.Versions[Oldest(next)].Name);
        }
    }

    private static bool Requires(ClientAuthType type) => type is ClientAuthType.RequireAnyClientCert or ClientAuthType.RequireAndVerifyClientCert;

    private static bool Verifies(ClientAuthType type) => type is ClientAuthType.VerifyClientCertIfGiven or ClientAuthType.RequireAndVerifyClientCert;

    /// <summary>Index into <see cref="TlsNames.Versions"/>.</summary>
    private static int Oldest(TlsServerConfig config)
    {
        int oldest = 0;
        while (!config.Protocols.HasFlag(TlsNames.Versions[oldest].Protocol))
        {
            oldest++;
        }

        return oldest;
    }

    /// <summary>Or an empty section.</summary>
    private static bool IsSetOrWithin(IReadOnlySet<string> said, string key)
        => said.Contains(key) || (key.LastIndexOf('.') is > 0 and var dot && IsSetOrWithin(said, key[..dot]));
}
