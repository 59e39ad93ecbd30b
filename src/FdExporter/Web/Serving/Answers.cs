using FdExporter.Metrics;
using FdExporter.Self;
using Microsoft.AspNetCore.Http.Features;

namespace FdExporter.Web.Serving;

/// <summary>
/// Writes each answer completely before sending it, so that a slow client keeps only its text in memory. The total size is limited,
/// separately for scrapes and all other answers, and shared between client addresses. At the limit the answer is 503.
/// </summary>
internal sealed class Answers
{
    /// <summary>For scrapes, and the same for everything else. Unit: bytes.</summary>
    internal const long Most = 12 * 1024 * 1024;

    /// <summary>Above this size garbage is collected at once.</summary>
    private const long LargeTotal = 4 * 1024 * 1024;

    private static readonly PathString s_probes = new("/-");

    private static readonly TimeSpan s_garbageDelay = TimeSpan.FromSeconds(1);

    private readonly ExporterMetrics _exporter;
    private readonly PathString _telemetryPath;
    private readonly FairShare _scrapes = new(Most);
    private readonly FairShare _others = new(Most);
    private readonly ITimer _garbage;
    private volatile bool _wasLarge;

    internal Answers(ExporterMetrics exporter, string telemetryPath, TimeProvider time)
    {
        _exporter = exporter;
        _telemetryPath = telemetryPath;
        _garbage = time.CreateTimer(static _ => ExporterMemory.CollectGarbage(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        // Health checks do not count: other requests of the same address may have used its whole share.
        if (context.Request.Path.StartsWithSegments(s_probes, StringComparison.Ordinal))
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        try
        {
            await AnswerAsync(context, next).ConfigureAwait(false);
        }
        finally
        {
            if (_wasLarge && Taken == 0)
            {
                _wasLarge = false;
                _garbage.Change(s_garbageDelay, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        IHttpResponseBodyFeature client = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        AnswerBuffer answer = new(context.Request.Path == _telemetryPath ? _scrapes : _others, Client.Of(context));
        await using (answer.ConfigureAwait(false))
        {
            try
            {
                StreamResponseBodyFeature made = new(answer);
                context.Features.Set<IHttpResponseBodyFeature>(made);
                await next(context).ConfigureAwait(false);
                await made.CompleteAsync().ConfigureAwait(false);
            }
            catch (AnswersFullException full)
            {
                context.Features.Set(client);
                context.Response.ContentLength = null;
                context.Response.Headers.ContentEncoding = default;
                _exporter.CountAnswerRefused();
                await Refusal.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, full.Message).ConfigureAwait(false);
                return;
            }
            finally
            {
                context.Features.Set(client);
            }

            if (Taken > LargeTotal)
            {
                _wasLarge = true;
            }

            await SendAsync(context, answer, client.Stream).ConfigureAwait(false);
        }
    }

    private long Taken => _scrapes.Taken + _others.Taken;

    private static async Task SendAsync(HttpContext context, AnswerBuffer answer, Stream client)
    {
        try
        {
            context.Response.ContentLength = answer.Length;
            await answer.SendAsync(client, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The client has closed the connection.
        }
    }
}
