using System.Threading.RateLimiting;
using FdExporter.Configuration;
using FdExporter.Metrics;
using FdExporter.Web.Serving;

namespace FdExporter.Web.Security;

/// <summary>Guards every endpoint, health included, as exporter-toolkit does: rate, headers, user and password.</summary>
internal sealed class RequestGuard(WebSecurity security)
{
    internal async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        LoadedWebConfig current = security.Current();
        if (current.Limiter is { } limiter && !HasToken(limiter))
        {
            await RefuseAsync(context, StatusCodes.Status429TooManyRequests, "Too Many Requests", RequestDenial.RateLimited).ConfigureAwait(false);
            return;
        }

        if (!current.Config.Headers.IsEmpty)
        {
            // As late as possible: the operator's headers override the page's.
            context.Response.OnStarting(static state =>
            {
                (HttpResponse response, LoadedWebConfig config) = ((HttpResponse, LoadedWebConfig))state;
                foreach ((string name, string value) in config.Config.Headers)
                {
                    response.Headers[name] = value;
                }

                return Task.CompletedTask;
            }, (context.Response, current));
        }

        PasswordVerdict verdict = current.Passwords is { } passwords ? await VerdictAsync(passwords, context).ConfigureAwait(false) : PasswordVerdict.Right;
        switch (verdict)
        {
            case PasswordVerdict.Right:
                context.Features.Set(current.Passwords is null ? null : new Disclosure.Authenticated());
                if (current.Passwords is not null || HasShownCertificate(current, context))
                {
                    ConnectionLife.Trust(context);
                }

                await next(context).ConfigureAwait(false);
                break;
            case PasswordVerdict.Wrong:
                context.Response.Headers.WWWAuthenticate = "Basic realm=\"fd-exporter\", charset=\"UTF-8\"";
                await RefuseAsync(context, StatusCodes.Status401Unauthorized, "Unauthorized", RequestDenial.Unauthorized).ConfigureAwait(false);
                break;
            default:
                context.Response.Headers.RetryAfter = "1";
                await RefuseAsync(context, StatusCodes.Status429TooManyRequests, "Too many passwords are being checked", RequestDenial.PasswordsBusy).ConfigureAwait(false);
                break;
        }
    }

    private static async Task<PasswordVerdict> VerdictAsync(PasswordChecker passwords, HttpContext context)
        => BasicCredentials.TryParse(context.Request.Headers.Authorization.ToString(), out BasicCredentials given)
            ? await passwords.CheckAsync(given.User, given.Password, Client.Of(context), context.RequestAborted).ConfigureAwait(false)
            : PasswordVerdict.Wrong;

    /// <summary>A verified certificate; not one that any client can create.</summary>
    private static bool HasShownCertificate(LoadedWebConfig current, HttpContext context)
        => current.Config.Tls is { ClientAuth: ClientAuthType.VerifyClientCertIfGiven or ClientAuthType.RequireAndVerifyClientCert }
            && context.Connection.ClientCertificate is not null;

    private Task RefuseAsync(HttpContext context, int status, string line, RequestDenial denial)
    {
        security.Metrics.CountDenial(denial);
        return Refusal.WriteAsync(context, status, line);
    }

    private static bool HasToken(RateLimiter limiter)
    {
        (limiter as ReplenishingRateLimiter)?.TryReplenish();
        using RateLimitLease lease = limiter.AttemptAcquire();
        return lease.IsAcquired;
    }
}
