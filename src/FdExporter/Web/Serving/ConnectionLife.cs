using System.Net;
using Microsoft.AspNetCore.Connections;

namespace FdExporter.Web.Serving;

/// <summary>
/// State and maximum duration of a connection. Kestrel has the same limit for a client that has sent no request as for one that may send
/// another.
/// </summary>
internal sealed class ConnectionLife
{
    /// <summary>Maximum time that a descriptor of the reserve is lent, whatever the client does.</summary>
    private static readonly TimeSpan s_maxLoan = TimeSpan.FromSeconds(30);

    private readonly ConnectionContext _connection;
    private readonly bool _isLent;
    private readonly TimeProvider _time;
    private volatile bool _hasAsked;
    private volatile bool _isTrusted;
    private int _requests;
    private long _idleSince;

    private ConnectionLife(ConnectionContext connection, bool isLent, TimeProvider time)
    {
        _connection = connection;
        _isLent = isLent;
        _time = time;
        _idleSince = time.GetTimestamp();
        Network = Client.NetworkOf((connection.RemoteEndPoint as IPEndPoint)?.Address);
    }

    /// <summary>Of its client, see <see cref="Client"/>; null if there is none.</summary>
    internal IPAddress? Network { get; }

    internal bool HasAsked => _hasAsked;

    /// <summary>No request is in progress and no answer is being sent.</summary>
    internal bool IsIdle => Volatile.Read(ref _requests) == 0;

    /// <summary>Timestamp.</summary>
    internal long IdleSince => Volatile.Read(ref _idleSince);

    /// <summary>Its client has given a required password or certificate.</summary>
    internal bool IsTrusted => _isTrusted;

    /// <param name="isLent">Its descriptor is needed back: it is the reserve's, or was free while the reserve was not full.</param>
    internal static ConnectionLife Begin(ConnectionContext connection, bool isLent, TimeProvider time)
    {
        ConnectionLife life = new(connection, isLent, time);
        connection.Features.Set(life);
        _ = life.WatchAsync();
        return life;
    }

    /// <summary>Notes a request. On a lent connection the answer announces that the connection will be closed.</summary>
    internal static async Task NoteRequestAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<ConnectionLife>() is not { } life)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        life._hasAsked = true;
        if (life._isLent)
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
        if (_hasAsked && _isLent)
        {
            await Wait(s_maxLoan - ServerLimits.FirstRequest).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if ((_isLent || !_hasAsked) && !_connection.ConnectionClosed.IsCancellationRequested)
        {
            _connection.Abort();
        }

        Task Wait(TimeSpan span) => Task.Delay(span, _time, _connection.ConnectionClosed);
    }
}
