using System.Net;
using System.Net.Sockets;

namespace FdExporter.EndToEnd.Testing;

/// <summary>A free port of 127.0.0.1, for programs that cannot choose one themselves.</summary>
internal static class FreePort
{
    internal static int Find()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
