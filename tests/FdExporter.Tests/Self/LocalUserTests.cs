using System.Net;
using System.Net.Sockets;
using FdExporter.Self;

namespace FdExporter.Tests.Self;

/// <summary>The user at the other end, as the real kernel tells it. Other users than the tests' own are in the end-to-end tests.</summary>
public sealed class LocalUserTests : IDisposable
{
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
        Assert.Equal(LocalUser.Own, LocalUser.OfConnection(caller, own));

        // One that has only said all that it has to say is still there to read.
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(LocalUser.Own, LocalUser.OfConnection(caller, own));

        // Of what is closed the kernel says root, whoever it was.
        client.Dispose();
        Assert.Null(LocalUser.OfConnection(caller, own));
    }

    [Fact]
    public void OfConnection_ThatIsNotThere_IsNobodys_NotTheListeners()
    {
        Assert.Null(LocalUser.OfConnection(new IPEndPoint(IPAddress.Loopback, Port), new IPEndPoint(IPAddress.Loopback, 9)));
        Assert.Null(LocalUser.OfConnection(new IPEndPoint(IPAddress.IPv6Loopback, Port), new IPEndPoint(IPAddress.IPv6Loopback, 9)));
    }
}
