using FdExporter.Metrics;
using FdExporter.Model;
using Microsoft.Extensions.Primitives;

namespace FdExporter.Web.Serving;

/// <summary>Answers <c>/metrics</c>.</summary>
internal sealed class MetricsEndpoint(ScrapeGate gate, ExporterMetrics exporter, MetricsEndpoint.Settings settings)
{
    private const int MaxShownLength = 100;

    private readonly FairShare _places = new(2L * settings.MaxRequests);

    internal async Task HandleAsync(HttpContext context)
    {
        if (!TryParseCollectors(context.Request.Query["collect[]"], out Collectors wanted, out string? problem)
            || !TryParseTimeout(context.Request, out ScrapeTimeout timeout, out problem))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, RefusalReason.BadRequest, problem!).ConfigureAwait(false);
            return;
        }

        MetricsFormat format = MetricsFormat.Negotiate(context.Request.Headers.Accept);
        Client client = Client.Of(context);
        byte[] body;
        if (!_places.TryTake(client))
        {
            await RefuseAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                RefusalReason.Busy,
                $"Limit of concurrent requests reached ({settings.MaxRequests}), try again later.").ConfigureAwait(false);
            return;
        }

        try
        {
            Scrape scrape = await gate.GetAsync(wanted, timeout.Budget, timeout.Answer, context.RequestAborted).ConfigureAwait(false);
            body = await scrape.WriteAsync(format).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await RefuseAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                RefusalReason.Timeout,
                FormattableString.Invariant($"The scan was not done within {timeout.Answer.TotalSeconds:0.###} s.")).ConfigureAwait(false);
            return;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has closed the connection.
            return;
        }
        finally
        {
            // Before the body is sent, so that a slow client does not occupy a place.
            _places.Return(client);
        }

        exporter.CountScrape();
        context.Response.ContentType = format.ContentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private bool TryParseCollectors(StringValues names, out Collectors wanted, out string? problem)
    {
        problem = null;
        wanted = names.Count == 0 ? settings.Enabled : Collectors.None;
        foreach (string? name in names)
        {
            if (!CollectorNames.TryParse(name ?? "", out Collectors collector))
            {
                problem = $"unknown collector: {Shown(name)}";
                return false;
            }

            if (!settings.Enabled.HasFlag(collector))
            {
                problem = $"disabled collector: {name}";
                return false;
            }

            wanted |= collector;
        }

        return true;
    }

    private bool TryParseTimeout(HttpRequest request, out ScrapeTimeout timeout, out string? problem)
    {
        StringValues header = request.Headers[ScrapeTimeout.Header];
        problem = null;
        if (ScrapeTimeout.TryParse(header, settings.TimeoutOffset, out timeout))
        {
            return true;
        }

        problem = $"{ScrapeTimeout.Header} is not a positive number of seconds: {Shown(header)}";
        return false;
    }

    private async Task RefuseAsync(HttpContext context, int status, RefusalReason reason, string message)
    {
        exporter.CountRefusal(reason);
        await Refusal.WriteAsync(context, status, message).ConfigureAwait(false);
    }

    // The client's text is returned as plain text, shortened and without control characters.
    private static string Shown(string? text) => Printable.Of(text is { Length: > MaxShownLength } ? text[..MaxShownLength] : text ?? "");

    /// <summary>Settings of this endpoint from the flags.</summary>
    internal sealed record Settings(Collectors Enabled, int MaxRequests, TimeSpan TimeoutOffset);
}
