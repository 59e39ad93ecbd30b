using FdExporter.Configuration;

namespace FdExporter.Web.Serving;

/// <summary>Limits concurrent requests to pages and the API by client address. Also answers requests whose handler fails.</summary>
internal sealed class Visitors(int places)
{
    private readonly FairShare _places = new(2L * places);

    /// <summary>Wraps the handler: if it fails, the client gets a status and a one-line reason.</summary>
    internal RequestDelegate Guard(RequestDelegate handler) => async context =>
    {
        Client client = Client.Of(context);
        if (!_places.TryTake(client))
        {
            await RefuseAsync(context, $"Limit of concurrent requests reached ({places}), try again later.").ConfigureAwait(false);
            return;
        }

        try
        {
            await handler(context).ConfigureAwait(false);
        }
        catch (TimeoutException exception) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, $"No answer in time: {exception.Message}").ConfigureAwait(false);
        }
        catch (IOException exception) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await RefuseAsync(context, $"{BuildInfo.Program} cannot answer: {exception.Message}").ConfigureAwait(false);
        }
        catch (OutOfMemoryException) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, $"{BuildInfo.Program} has too little memory for this answer.").ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has closed the connection.
        }
        finally
        {
            _places.Return(client);
        }
    };

    private static Task RefuseAsync(HttpContext context, string line) => Refusal.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, line);
}
