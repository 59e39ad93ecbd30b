using Microsoft.AspNetCore.Connections;

namespace FdExporter.Web;

/// <summary>
/// How long a connection may last beyond what Kestrel sees to: that knows no other bound for who connects and asks nothing than
/// for who has asked and may ask again.
/// </summary>
internal sealed class ConnectionLife
{
    /// <summary>Who was given a descriptor of the reserve may not keep it longer, whether he asks or reads or does neither.</summary>
    private static readonly TimeSpan s_longestLoan = TimeSpan.FromSeconds(30);

    private readonly ConnectionContext _connection;
    private readonly bool _isLent;
    private volatile bool _hasAsked;

    private ConnectionLife(ConnectionContext connection, bool isLent)
    {
        _connection = connection;
        _isLent = isLent;
    }

    /// <param name="isLent">Its descriptor is wanted back: it is the reserve's, or was free when the reserve was not full.</param>
    internal static void Begin(ConnectionContext connection, bool isLent, TimeProvider time)
    {
        ConnectionLife life = new(connection, isLent);
        connection.Features.Set(life);
        _ = life.WatchAsync(time);
    }

    /// <summary>A request has come. On a lent connection its answer says that there will be no other.</summary>
    internal static Task NoteRequestAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<ConnectionLife>() is { } life)
        {
            life._hasAsked = true;
            if (life._isLent)
            {
                context.Response.Headers.Connection = "close";
            }
        }

        return next(context);
    }

    private async Task WatchAsync(TimeProvider time)
    {
        await Wait(ServerLimits.FirstRequest).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_hasAsked && _isLent)
        {
            await Wait(s_longestLoan - ServerLimits.FirstRequest).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if ((_isLent || !_hasAsked) && !_connection.ConnectionClosed.IsCancellationRequested)
        {
            _connection.Abort();
        }

        Task Wait(TimeSpan span) => Task.Delay(span, time, _connection.ConnectionClosed);
    }
}
