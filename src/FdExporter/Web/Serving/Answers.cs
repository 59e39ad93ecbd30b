using FdExporter.Metrics;
using FdExporter.Self;
using Microsoft.AspNetCore.Http.Features;

namespace FdExporter.Web.Serving;

/// <summary>
/// Makes each answer whole before any of it is sent, so that a client that reads slowly keeps nothing alive but its text. All
/// texts together are bounded, those of scrapes by themselves, and shared by client addresses; what finds no room is answered by 503.
/// </summary>
internal sealed class Answers
{
    /// <summary>Of scrapes, and as much of everything else. Unit: bytes.</summary>
    internal const long Most = 12 * 1024 * 1024;

    /// <summary>Beyond so much the garbage is worth to be given back at once.</summary>
    private const long Much = 4 * 1024 * 1024;

    private static readonly PathString s_probes = new("/-");

    private static readonly TimeSpan s_untilGivenBack = TimeSpan.FromSeconds(1);

    private readonly ExporterMetrics _exporter;
    private readonly PathString _telemetryPath;
    private readonly FairShare _scrapes = new(Most);
    private readonly FairShare _others = new(Most);
    private readonly ITimer _garbage;
    private volatile bool _wasMuch;

    internal Answers(ExporterMetrics exporter, string telemetryPath, TimeProvider time)
    {
        _exporter = exporter;
        _telemetryPath = telemetryPath;
        _garbage = time.CreateTimer(static _ => ExporterMemory.GiveBack(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        // A probe of health needs no room: others may have all that there is for its address.
        if (context.Request.Path.StartsWithSegments(s_probes, StringComparison.Ordinal))
        {
            await next(context).ConfigureAwait(false);
            return;
        }

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

            _wasMuch |= Taken > Much;
            await SendAsync(context, answer, client.Stream).ConfigureAwait(false);
        }

        if (_wasMuch && Taken == 0)
        {
            _wasMuch = false;
            _garbage.Change(s_untilGivenBack, Timeout.InfiniteTimeSpan);
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
            // The client hung up, or was hung up on; nobody is left to tell.
        }
    }
}
