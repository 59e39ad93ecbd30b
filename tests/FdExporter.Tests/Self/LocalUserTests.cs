using System.Net;
using System.Net.Sockets;
using FdExporter.Self;

namespace FdExporter.Tests.Self;

/// <summary>The user at the other end of a connection, from the real kernel. The end-to-end tests cover other users than their own.</summary>
public sealed class LocalUserTests : IDisposable
{
    /// <summary>The user 65534 (<c>nobody</c>) is no particular user.</summary>
    private static readonly uint? s_self = LocalUser.Own == 65534 ? null : LocalUser.Own;

    private readonly Socket _listener = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };

    public LocalUserTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        _listener.Listen();
    }

    private int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose() => _listener.Dispose();

    [Theory]
    [InlineData("127.0.0.1", AddressFamily.InterNetwork)]
    [InlineData("::1", AddressFamily.InterNetworkV6)]
    [InlineData("::ffff:127.0.0.1", AddressFamily.InterNetworkV6)]
    public void OfConnection_IsWhoseSocketItIs_UntilItIsClosed(string address, AddressFamily family)
    {
        using Socket client = new(family, SocketType.Stream, ProtocolType.Tcp);
        if (family == AddressFamily.InterNetworkV6)
        {
            client.DualMode = true;
        }

        client.Connect(new IPEndPoint(IPAddress.Parse(address), Port));
        using Socket server = _listener.Accept();
        (IPEndPoint caller, IPEndPoint own) = ((IPEndPoint)server.RemoteEndPoint!, (IPEndPoint)server.LocalEndPoint!);
        Assert.Equal(s_self, LocalUser.OfConnection(caller, own));

        // A socket that has only shut down its sending side can still be found.
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(s_self, LocalUser.OfConnection(caller, own));

        // For a closed socket the kernel reports root, whatever the user was.
        client.Dispose();
        Assert.Null(LocalUser.OfConnection(caller, own));
    }

    [Fact]
    public void OfConnection_ThatDoesNotExist_IsUnknown_NotTheListeners()
    {
        Assert.Null(LocalUser.OfConnection(new IPEndPoint(IPAddress.Loopback, Port), new IPEndPoint(IPAddress.Loopback, 9)));
        Assert.Null(LocalUser.OfConnection(new IPEndPoint(IPAddress.IPv6Loopback, Port), new IPEndPoint(IPAddress.IPv6Loopback, 9)));
    }
}
