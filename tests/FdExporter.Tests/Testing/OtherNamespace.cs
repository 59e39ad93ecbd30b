using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.SockDiag;

namespace FdExporter.Tests.Testing;

/// <summary>
/// A network namespace with one process, in which the test creates sockets. They are the test's own; only their
/// namespace is another. Needs root.
/// </summary>
internal sealed class OtherNamespace : IDisposable
{
    private readonly ProcFs _procFs = ProcFs.Open("/proc");
    private readonly NamespaceVisitor _visitor = new();
    private readonly List<Socket> _sockets = [];
    private readonly Process _process;

    internal OtherNamespace()
    {
        _process = Process.Start(new ProcessStartInfo("unshare", ["--net", "sh", "-c", "ip link set lo up; echo inside; exec sleep 600"]) { RedirectStandardOutput = true })!;
        Assert.Equal("inside", _process.StandardOutput.ReadLine());
        Assert.Equal(ReadStatus.Ok, NetNamespace.TryReadLink(_procFs, Pid, out ulong number));
        Name = FormattableString.Invariant($"net:[{number}]");
    }

    internal int Pid => _process.Id;

    /// <summary>The exporter's name for it, without a unit, container or pod in it.</summary>
    internal string Name { get; }

    internal Socket Listen()
    {
        Socket listener = Make();
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    internal (Socket Client, Socket Server) Connect(Socket listener)
    {
        Socket client = Make();
        client.Connect(listener.LocalEndPoint!);
        Socket server = listener.Accept();
        _sockets.Add(server);
        return (client, server);
    }

    /// <summary>A connection whose client closes it, so that the server's end stays in CLOSE_WAIT.</summary>
    internal Socket Leak(Socket listener)
    {
        (Socket client, Socket server) = Connect(listener);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, server.Receive(new byte[1]));
        return server;
    }

    private Socket Make()
    {
        Socket? made = null;
        Assert.Equal(ReadStatus.Ok, _procFs.TryOpen(ProcPath.Of(Pid, "ns/net"u8), directory: false, out ScopedFd inside));
        using (inside)
        {
            _visitor.Visit(inside.Value, () => made = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        }

        _sockets.Add(made!);
        return made!;
    }

    public void Dispose()
    {
        _sockets.ForEach(static socket => socket.Dispose());
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _visitor.Dispose();
        _procFs.Dispose();
    }
}
