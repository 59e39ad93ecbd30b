using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.SockDiag;
using FdExporter.Linux.Sockets;

namespace FdExporter.Scanning.Sockets;

/// <summary>Sockets of single namespaces, read on demand.</summary>
internal sealed partial class TcpCollector
{
    /// <summary>Reads the sockets of the namespace of one process, or the host's if that is unknown.</summary>
    /// <exception cref="IOException">They cannot be read, or the process is gone.</exception>
    internal void ReadNamespaceOf(ProcFolder process, ITcpSocketSink sink)
    {
        if (HostNamespace() is not { } host || NetNamespace.TryRead(_procFs, process, out ulong own) != ReadStatus.Ok || own == host)
        {
            sink.BeginNamespace(HostNamespace() ?? 0, 1);
            ReadHost(sink);
            return;
        }

        sink.BeginNamespace(own, process);
        try
        {
            using SockDiagTcpSource? sockDiag = SockDiagTcpSource.TryOpenOf(_visitor, _procFs, process);
            if (sockDiag is not null)
            {
                sockDiag.Read(sink);
                return;
            }
        }
        catch (KernelException)
        {
            // It cannot be entered (no CAP_SYS_ADMIN), or netlink is not available in it: read the text tables.
        }

        using ProcfsTcpSource text = new(_procFs) { Process = process };
        text.Read(sink);
    }

    /// <summary>Visits every Unix socket of the namespace of a process, with its path and its peer.</summary>
    /// <returns>False if netlink is not available there; the visited ones are valid all the same.</returns>
    internal bool TryReadUnixOf(ProcFolder process, UnixSocketVisitor visit)
    {
        bool isHost = HostNamespace() is { } host && NetNamespace.TryRead(_procFs, process, out ulong own) == ReadStatus.Ok && own == host;
        if (!_procFs.IsKernel || !_hasSockDiag)
        {
            return false;
        }

        try
        {
            using SockDiagTcpSource? source = isHost ? TryOpenSockDiag() : SockDiagTcpSource.TryOpenOf(_visitor, _procFs, process);
            source?.ReadUnix(visit, UnixDiag.ShowName | UnixDiag.ShowPeer);
            return source is not null;
        }
        catch (KernelException)
        {
            return false;
        }
    }

    /// <summary>Reads the sockets of all other namespaces: the host's, and those held by the last scan.</summary>
    /// <param name="begin">Called before each, with a process or thread that lives in it, or the default; false ends the reading.</param>
    internal void ReadOtherNamespaces(ProcFolder process, ITcpSocketSink sink, Func<ProcFolder, bool> begin)
    {
        if (HostNamespace() is not { } host || NetNamespace.TryRead(_procFs, process, out ulong own) != ReadStatus.Ok)
        {
            own = 0;
            host = 0;
        }

        if (own != host && begin(1))
        {
            ReadHost(sink);
        }

        _foreign.ReadHeld(sink, own, begin);
    }

    /// <summary>Reads the sockets of the namespace in which one socket of a process was created.</summary>
    /// <returns>False if it cannot be determined or entered.</returns>
    internal bool TryReadNamespaceOf(CarriedSocket socket, ITcpSocketSink sink)
    {
        if (!PidNamespace.IsOwn(_procFs)
            || !SocketName.IsTcp(_procFs, socket.Folder, socket.Fd, socket.Inode)
            || !SocketNamespace.TryLook(socket.Folder.Pid, socket.Folder.Thread, socket.Fd, socket.Inode, static _ => true, out _, out SafeFd? opened, out _)
            || opened is null)
        {
            return false;
        }

        using (opened)
        {
            try
            {
                using SockDiagTcpSource source = SockDiagTcpSource.Open(_visitor, _procFs, opened.Value, out ulong id);
                sink.BeginNamespace(id, socket.Folder);
                source.Read(sink);
                return true;
            }
            catch (KernelException)
            {
                sink.Restart();
                return false;
            }
        }
    }
}
