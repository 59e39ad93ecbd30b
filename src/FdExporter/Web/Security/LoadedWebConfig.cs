using System.Threading.RateLimiting;
using FdExporter.Configuration;

namespace FdExporter.Web.Security;

/// <summary>A web configuration with its files, in use until replaced.</summary>
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

    /// <summary>Null if no password is required.</summary>
    internal PasswordChecker? Passwords { get; }

    /// <summary>Null for no rate limit.</summary>
    internal RateLimiter? Limiter { get; }

    /// <param name="files">Records the files that are read.</param>
    /// <param name="previous">Its token bucket is kept if the rate is unchanged: new certificates give no new tokens.</param>
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

        // Otherwise a timer would run at each interval, even without requests.
        AutoReplenishment = false,
    });
}
