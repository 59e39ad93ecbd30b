using System.Threading.RateLimiting;
using FdExporter.Configuration;

namespace FdExporter.Web.Security;

/// <summary>A web configuration with its files read, in use until another takes its place.</summary>
internal sealed class LoadedWebConfig
{
    private LoadedWebConfig(WebConfig config, TlsMaterial? tls, RateLimiter? limiter)
    {
        Config = config;
        Tls = tls;
        Limiter = limiter;
        Passwords = config.Users.Count == 0 ? null : new PasswordChecker(config.Users, TimeProvider.System);
    }

    internal WebConfig Config { get; }

    /// <summary>Null for plain HTTP.</summary>
    internal TlsMaterial? Tls { get; }

    /// <summary>Null when everybody is let in.</summary>
    internal PasswordChecker? Passwords { get; }

    /// <summary>Null for as many requests as they like.</summary>
    internal RateLimiter? Limiter { get; }

    /// <param name="files">Remembers what was read.</param>
    /// <param name="previous">Its bucket goes on where the rate is the same: new certificates are no new tokens.</param>
    /// <exception cref="ConfigException">It cannot be used.</exception>
    internal static LoadedWebConfig Load(string file, WatchedFiles files, LoadedWebConfig? previous = null)
    {
        WebConfig config = WebConfigFile.Parse(file, ConfigFile.Decode(file, files.Read(file)));
        TlsMaterial? tls = config.Tls is null ? null : TlsMaterial.Load(file, config.Tls, config.Http2, files);
        return new LoadedWebConfig(config, tls, config.RateLimit == previous?.Config.RateLimit ? previous?.Limiter : NewLimiter(config.RateLimit));
    }

    private static TokenBucketRateLimiter? NewLimiter(RequestRate? rate) => rate is null ? null : new TokenBucketRateLimiter(new()
    {
        TokenLimit = rate.Burst,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = rate.Interval,
        QueueLimit = 0,

        // By itself it would wake up at each interval, asked or not.
        AutoReplenishment = false,
    });
}
