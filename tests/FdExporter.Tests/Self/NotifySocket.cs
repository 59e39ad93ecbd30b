using System.Net.Sockets;
using System.Text;

namespace FdExporter.Tests.Self;

/// <summary>The socket of a service manager, with a path or an abstract name.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    internal NotifySocket(bool isAbstract = false)
    {
        string path = Path.Combine(_folder, "notify");
        Name = isAbstract ? $"@{path}" : path;
        _socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? $"\0{path}" : path));
    }

    /// <summary>As in NOTIFY_SOCKET.</summary>
    internal string Name { get; }

    internal bool HasMessage => _socket.Available > 0;

    /// <summary>The next message, after at most a minute.</summary>
    internal async Task<string> ReceiveAsync()
    {
        byte[] buffer = new byte[4096];
        int length = await _socket.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromMinutes(1));
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    public void Dispose()
    {
        _socket.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
