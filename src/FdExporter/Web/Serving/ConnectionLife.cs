using System.Net;
using Microsoft.AspNetCore.Connections;

namespace FdExporter.Web.Serving;

/// <summary>
/// State and maximum duration of a connection. Kestrel uses the same limit before the first request as between requests.
/// </summary>
internal sealed class ConnectionLife
{
    /// <summary>Maximum time that a connection uses a descriptor of the reserve, regardless of activity.</summary>
    private static readonly TimeSpan s_maxReserveUse = TimeSpan.FromSeconds(30);

    private readonly ConnectionContext _connection;
    private readonly bool _usesReserve;
    private readonly TimeProvider _time;
    private volatile bool _hasSentRequest;
    private volatile bool _isTrusted;
    private int _requests;
    private long _idleSince;

    private ConnectionLife(ConnectionContext connection, bool usesReserve, TimeProvider time)
    {
        _connection = connection;
        _usesReserve = usesReserve;
        _time = time;
        _idleSince = time.GetTimestamp();
        Network = Client.NetworkOf((connection.RemoteEndPoint as IPEndPoint)?.Address);
    }

    /// <summary>Network of its client, see <see cref="Client"/>; null if unknown.</summary>
    internal IPAddress? Network { get; }

    internal bool HasSentRequest => _hasSentRequest;

    /// <summary>No request is in progress and no answer is being sent.</summary>
    internal bool IsIdle => Volatile.Read(ref _requests) == 0;

    /// <summary>Timestamp.</summary>
    internal long IdleSince => Volatile.Read(ref _idleSince);

    /// <summary>Its client has sent a required password or certificate.</summary>
    internal bool IsTrusted => _isTrusted;

    /// <param name="usesReserve">
    /// Its descriptor must return to the reserve: it was taken from there, or was opened while the reserve was not full.
    /// </param>
    internal static ConnectionLife Begin(ConnectionContext connection, bool usesReserve, TimeProvider time)
    {
        ConnectionLife life = new(connection, usesReserve, time);
        connection.Features.Set(life);
        _ = life.WatchAsync();
        return life;
    }

    /// <summary>
    /// Records a request. On a connection that uses the reserve, the answer announces that the connection will be closed.
    /// </summary>
    internal static async Task NoteRequestAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<ConnectionLife>() is not { } life)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        life._hasSentRequest = true;
        if (life._usesReserve)
        {
            context.Response.Headers.Connection = "close";
        }

        Interlocked.Increment(ref life._requests);
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref life._idleSince, life._time.GetTimestamp());
            Interlocked.Decrement(ref life._requests);
        }
    }

    internal static void Trust(HttpContext context)
    {
        if (context.Features.Get<ConnectionLife>() is { } life)
        {
            life._isTrusted = true;
        }
    }

    internal void WhenClosed(Action<ConnectionLife> closed) => _connection.ConnectionClosed.Register(() => closed(this));

    internal void Abort() => _connection.Abort();

    private async Task WatchAsync()
    {
        await Wait(ServerLimits.FirstRequest).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_hasSentRequest && _usesReserve)
        {
            await Wait(s_maxReserveUse - ServerLimits.FirstRequest).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if ((_usesReserve || !_hasSentRequest) && !_connection.ConnectionClosed.IsCancellationRequested)
        {
            _connection.Abort();
        }

        Task Wait(TimeSpan span) => Task.Delay(span, _time, _connection.ConnectionClosed);
    }
}
