using FdExporter.Linux.Native;
using FdExporter.Linux.Sockets;

namespace FdExporter.Linux.SockDiag;

/// <summary>Lists Unix sockets.</summary>
internal sealed partial class SockDiagClient
{
    private UnixSocketVisitor? _visitUnix;

    /// <summary>
    /// Visits every Unix socket in one of <paramref name="states"/> (one bit per state). False if the table changed during the
    /// dump, as for TCP.
    /// </summary>
    /// <param name="show">What is wanted of each, such as <see cref="UnixDiag.ShowName"/>; a name doubles the cost.</param>
    /// <exception cref="KernelException">The kernel refused or was built without unix_diag, or its reply is malformed.</exception>
    internal bool TryDumpUnix(UnixSocketVisitor visit, uint show, uint states = uint.MaxValue)
    {
        Span<byte> body = stackalloc byte[UnixDiag.RequestLength];
        UnixDiag.WriteRequest(body, show, states);
        _visitUnix = visit;
        try
        {
            return TryDump(InetDiag.SockDiagByFamily, body, static (in TcpSocket _) => { });
        }
        finally
        {
            _visitUnix = null;
        }
    }

    private void VisitUnix(ReadOnlySpan<byte> payload)
    {
        if (!UnixDiag.TryParse(payload, out ListedUnixSocket socket))
        {
            throw KernelException.Protocol("dump", Target, $"malformed message of {payload.Length} bytes of a Unix socket");
        }

        _visitUnix!(in socket);
    }
}
