using System.Net;
using System.Net.Sockets;
using FdExporter.Self;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace FdExporter.Web.Serving;

/// <summary>
/// Accepts connections, using the reserve if no descriptors are left. If that is impossible, it waits a moment; clients stay in the
/// kernel's queue until then.
/// </summary>
internal sealed class ReservedListener(Socket socket, SocketConnectionContextFactory contexts, HandleReserve reserve, Connections connections, TimeProvider time) : IConnectionListener
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _unbound = new();

    /// <summary>A descriptor was released for the next connection; the server accepts one at a time.</summary>
    private bool _isGranted;

    private volatile bool _isAccepting;

    /// <summary>Whether the server waits for the next connection, or has been unbound. False if it has stopped accepting.</summary>
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
            // Unbound: null means that there are no more connections.
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

    /// <summary>Null if the caller should try again.</summary>
    private async Task<ConnectionContext?> TryAcceptAsync(CancellationToken cancellationToken)
    {
        Socket? accepted = null;
        _isGranted = false;
        try
        {
            accepted = await socket.AcceptAsync(cancellationToken).ConfigureAwait(false);

            // Answers are written whole, so delaying the last segment gains nothing.
            accepted.NoDelay = true;
            ConnectionContext connection = contexts.Create(accepted);
            if (connections.TryAdd(ConnectionLife.Begin(connection, usesReserve: !reserve.TryFill(), time)))
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
                    // The next client in the queue closed its connection.
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
