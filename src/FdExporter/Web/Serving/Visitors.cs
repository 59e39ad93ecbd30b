using FdExporter.Configuration;

namespace FdExporter.Web.Serving;

/// <summary>
/// Lets people in, to pages and to the API: so many at once of one client address, each answered whatever goes wrong.
/// </summary>
internal sealed class Visitors(int places)
{
    private readonly FairShare _places = new(2L * places);

    /// <summary>The handler, with a line for the client and a status where it cannot do its work.</summary>
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
            await RefuseAsync(context, $"{BuildInfo.Program} cannot look: {exception.Message}").ConfigureAwait(false);
        }
        catch (OutOfMemoryException) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, $"{BuildInfo.Program} has too little memory for this answer.").ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client hung up; nobody is left to tell.
        }
        finally
        {
            _places.Return(client);
        }
    };

    private static Task RefuseAsync(HttpContext context, string line) => Refusal.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, line);
}
