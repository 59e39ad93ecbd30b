using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FdExporter.Self;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace FdExporter.Web.Serving;

/// <summary>
/// Binds like Kestrel's own transport, which retries accept in a busy loop while no descriptor is free and so uses a whole processor.
/// </summary>
internal sealed class ReservedListenerFactory(HandleReserve reserve, Connections connections, TimeProvider time, ILoggerFactory loggers) : IConnectionListenerFactory
{
    private const int Backlog = 512;

    private readonly ConcurrentBag<ReservedListener> _listeners = [];

    /// <summary>Whether the server waits for connections on each address.</summary>
    internal bool AreAccepting => _listeners.All(static each => each.IsAccepting);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is FileHandleEndPoint { FileHandle: var descriptor })
        {
            return ValueTask.FromResult<IConnectionListener>(ListenOn((int)descriptor));
        }

        Socket socket;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            // Kestrel handles this exception specially.
            throw new AddressInUseException(exception.Message, exception);
        }

        try
        {
            return ValueTask.FromResult<IConnectionListener>(Listen(socket));
        }
        catch (Exception exception)
        {
            // Otherwise Kestrel would retry with IPv4 only, and find the address in use by this socket.
            socket.Dispose();
            throw exception is IOException ? exception : new IOException($"listen on {endpoint}: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Listens on a socket that was passed to this process. It stays open when the server ends, as the sender keeps it open.
    /// </summary>
    private ReservedListener ListenOn(int descriptor)
    {
        try
        {
            Socket socket = new(new SafeSocketHandle(descriptor, ownsHandle: false));
            return socket is { SocketType: SocketType.Stream, AddressFamily: AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 }
                ? Listen(socket)
                : throw new IOException(string.Create(CultureInfo.InvariantCulture, $"listen on descriptor {descriptor}: not a TCP socket"));
        }
        catch (SocketException exception)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"listen on descriptor {descriptor}: {exception.Message}"), exception);
        }
    }

    private ReservedListener Listen(Socket socket)
    {
        // Inherited by accepted sockets. By default the kernel buffers megabytes for a client that does not read.
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
