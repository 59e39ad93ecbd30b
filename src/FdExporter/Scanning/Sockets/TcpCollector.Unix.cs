using FdExporter.Linux.Native;
using FdExporter.Linux.SockDiag;
using FdExporter.Linux.Sockets;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// Unix sockets of the host's namespace, and of others for which a netlink socket is open. A dump costs half a microsecond for
/// each socket.
/// </summary>
internal sealed partial class TcpCollector
{
    private bool _hasNoUnixDiag;

    /// <summary>Visits Unix sockets with the state of each.</summary>
    internal void ReadUnixStates(UnixSocketVisitor visit, Deadline deadline) => ReadUnix(visit, UnixDiag.ShowPeer, uint.MaxValue, deadline);

    /// <summary>Visits listening Unix sockets, each with its path and queue.</summary>
    internal void ReadUnixListeners(UnixSocketVisitor visit, Deadline deadline)
        => ReadUnix(visit, UnixDiag.ShowName | UnixDiag.ShowQueue, UnixDiag.Listening, deadline);

    private void ReadUnix(UnixSocketVisitor visit, uint show, uint states, Deadline deadline)
    {
        if (_sockDiag is null || _hasNoUnixDiag)
        {
            return;
        }

        try
        {
            _sockDiag.ReadUnix(visit, show, states);
        }
        catch (KernelException refused)
        {
            // A kernel without unix_diag says so each time. Their states and queues are then unknown.
            _hasNoUnixDiag = refused.Errno is Libc.ENOENT or Libc.EINVAL or Libc.EOPNOTSUPP;
            return;
        }

        foreach (ForeignNamespace foreign in _foreign.Known)
        {
            if (foreign.Source is SockDiagTcpSource source && !deadline.HasPassed)
            {
                TryReadUnix(source, visit, show, states);
            }
        }
    }

    private static void TryReadUnix(SockDiagTcpSource source, UnixSocketVisitor visit, uint show, uint states)
    {
        try
        {
            source.ReadUnix(visit, show, states);
        }
        catch (KernelException)
        {
            // If its netlink socket broke, the next scan replaces it and reports the problem.
        }
    }
}
