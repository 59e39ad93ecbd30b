using System.Net;
using System.Net.Sockets;
using FdExporter.Self;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace FdExporter.Web.Serving;

/// <summary>
/// Accepts connections, from the reserve when there are no descriptors left, and waits a moment where that cannot be: who
/// connects stands in the kernel's queue until then.
/// </summary>
internal sealed class ReservedListener(Socket socket, SocketConnectionContextFactory contexts, HandleReserve reserve, Connections connections, TimeProvider time) : IConnectionListener
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _unbound = new();

    /// <summary>A descriptor was given up for the next connection; the server accepts one at a time.</summary>
    private bool _isGranted;

    private volatile bool _isAccepting;

    /// <summary>Whether the server waits for the next connection, or has been unbound. One that has given up does not.</summary>
    internal bool IsAccepting => _isAccepting || _unbound.IsCancellationRequested;

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            _isAccepting = true;
            while (true)
            {
                if (!_isGranted && !reserve.HasPlaceForConnection && !reserve.TryFill())
                {
                    await Task.Delay(s_pause, time, _unbound.Token).ConfigureAwait(false);
                }
                else if (await TryAcceptAsync(cancellationToken).ConfigureAwait(false) is { } connection)
                {
                    return connection;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // Unbound: null tells the server that there will be no more.
            return null;
        }
        catch (OperationCanceledException) when (_unbound.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            _isAccepting = false;
        }
    }

    /// <summary>Null when it is worth another try.</summary>
    private async Task<ConnectionContext?> TryAcceptAsync(CancellationToken cancellationToken)
    {
        Socket? accepted = null;
        _isGranted = false;
        try
        {
            accepted = await socket.AcceptAsync(cancellationToken).ConfigureAwait(false);

            // An answer is written whole: nothing is won by holding its end back.
            accepted.NoDelay = true;
            ConnectionContext connection = contexts.Create(accepted);
            if (connections.TryAdd(ConnectionLife.Begin(connection, isLent: !reserve.TryFill(), time)))
            {
                return connection;
            }

            connection.Abort();
            await connection.DisposeAsync().ConfigureAwait(false);
            return null;
        }
        catch (SocketException exception)
        {
            accepted?.Dispose();
            switch (exception.SocketErrorCode)
            {
                case SocketError.OperationAborted:
                    throw new ObjectDisposedException(nameof(ReservedListener));
                case SocketError.ConnectionReset or SocketError.ConnectionAborted:
                    // Who was next in the queue hung up.
                    break;
                case SocketError.TooManyOpenSockets when reserve.TryGiveUpForConnection():
                    _isGranted = true;
                    break;
                default:
                    await Task.Delay(s_pause, time, _unbound.Token).ConfigureAwait(false);
                    break;
            }

            return null;
        }
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _unbound.CancelAsync().ConfigureAwait(false);
        socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync(CancellationToken.None).ConfigureAwait(false);
        _unbound.Dispose();
        contexts.Dispose();
    }
}
