using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.SockDiag;
using FdExporter.Linux.Sockets;

namespace FdExporter.Scanning;

/// <summary>By netlink, of the network namespace in which the client was made.</summary>
internal sealed class SockDiagTcpSource(SockDiagClient client) : ITcpSource
{
    private const int MaxTries = 3;
    private const uint CloseWait = 1u << (int)KernelTcpState.CloseWait;

    // A dump takes well under a microsecond a socket; a kernel that says nothing for this long will not answer.
    internal static readonly TimeSpan ReceiveTimeout = TimeSpan.FromSeconds(2);

    public string Name => "sock_diag";

    /// <summary>For the namespace of another process; null when that is gone or denies it.</summary>
    /// <exception cref="KernelException">It may not be entered, or netlink is not to be had in it.</exception>
    internal static SockDiagTcpSource? TryOpenOf(ProcFs procFs, ProcFolder process)
    {
        if (procFs.TryOpen(ProcPath.Of(process, "ns/net"u8), directory: false, out ScopedFd link) != ReadStatus.Ok)
        {
            return null;
        }

        using (link)
        {
            return new SockDiagTcpSource(NamespaceEntry.OpenSockDiag(link.Value, ReceiveTimeout));
        }
    }

    // Only sockets in CLOSE_WAIT are asked how old they are: struct tcp_info costs half as much as the socket itself. A
    // socket that enters CLOSE_WAIT between the two dumps is in both; one dump later it would be in neither.
    public void Read(ITcpSocketSink sink)
    {
        for (int tries = 0; tries < MaxTries; tries++)
        {
            sink.Restart();
            if (client.TryDump(InetDiag.AllStates & ~CloseWait, sink.Visit) & client.TryDump(CloseWait, sink.Visit, InetDiag.ExtInfo))
            {
                return;
            }
        }

        throw KernelException.Protocol("dump", "NETLINK_SOCK_DIAG", $"interrupted {MaxTries} times");
    }

    /// <summary>Whether the kernel answers: asks for the listeners only, which are few.</summary>
    /// <exception cref="KernelException">It refuses.</exception>
    internal void Probe() => client.TryDump(1u << (int)KernelTcpState.Listen, static (in TcpSocket _) => { });

    public void Dispose() => client.Dispose();
}
