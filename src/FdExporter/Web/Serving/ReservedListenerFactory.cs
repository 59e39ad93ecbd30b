using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using FdExporter.Self;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace FdExporter.Web.Serving;

/// <summary>
/// Binds as Kestrel's own transport does. That one asks the kernel again at once when there is no descriptor for a
/// connection, for as long as there is none: a processor that does nothing else, just when the machine is in trouble.
/// </summary>
internal sealed class ReservedListenerFactory(HandleReserve reserve, Connections connections, TimeProvider time, ILoggerFactory loggers) : IConnectionListenerFactory
{
    private const int Backlog = 512;

    private readonly ConcurrentBag<ReservedListener> _listeners = [];

    /// <summary>Whether the server waits for connections on each address.</summary>
    internal bool AreAccepting => _listeners.All(static each => each.IsAccepting);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket socket;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            // Kestrel tells this one from others.
            throw new AddressInUseException(exception.Message, exception);
        }

        try
        {
            return ValueTask.FromResult<IConnectionListener>(Listen(socket));
        }
        catch (Exception exception)
        {
            // Else Kestrel would try IPv4 alone, and find the address in use by this very socket.
            socket.Dispose();
            throw exception is IOException ? exception : new IOException($"listen on {endpoint}: {exception.Message}", exception);
        }
    }

    private ReservedListener Listen(Socket socket)
    {
        // For those that it accepts. By itself the kernel takes megabytes for a reader who does not read.
        socket.SendBufferSize = ServerLimits.SendBuffer;
        socket.Listen(Backlog);
        SocketConnectionContextFactory contexts = new(
            new SocketConnectionFactoryOptions(),
            loggers.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets"));
        ReservedListener listener = new(socket, contexts, reserve, connections, time);
        _listeners.Add(listener);
        return listener;
    }
}
