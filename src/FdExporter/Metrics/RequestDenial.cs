namespace FdExporter.Metrics;

/// <summary>Why a request was refused before it reached its endpoint.</summary>
internal enum RequestDenial
{
    /// <summary>401: no valid user and password.</summary>
    Unauthorized,

    /// <summary>429: too many passwords are waiting to be checked.</summary>
    PasswordsBusy,

    /// <summary>429: more requests than rate_limit allows.</summary>
    RateLimited,
}
