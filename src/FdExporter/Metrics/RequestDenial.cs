namespace FdExporter.Metrics;

/// <summary>Why a request did not get to its endpoint.</summary>
internal enum RequestDenial
{
    /// <summary>401: no user and password that belong together.</summary>
    Unauthorized,

    /// <summary>429: too many passwords wait to be checked.</summary>
    PasswordsBusy,

    /// <summary>429: more often than rate_limit allows.</summary>
    RateLimited,
}
