using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.SockDiag;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// Collector <c>tcp</c>: the sockets of the host's network namespace, which is that of pid 1 below the procfs root, and
/// of each other namespace that a visible process lives in.
/// </summary>
internal sealed class TcpCollector : IDisposable
{
    private readonly ProcFs _procFs;
    private readonly TcpSocketTable _table = new();
    private readonly ProcfsTcpSource _text;
    private readonly bool _hasSockDiag;
    private SockDiagTcpSource? _sockDiag;
    private readonly ForeignNamespaces _foreign;

    internal TcpCollector(ProcFs procFs, TimeProvider time)
    {
        _procFs = procFs;
        _text = new ProcfsTcpSource(procFs);
        _sockDiag = TryOpenSockDiag();
        _hasSockDiag = _sockDiag is not null;
        SourceName = _sockDiag?.Name ?? _text.Name;
        _foreign = new ForeignNamespaces(procFs, time);
    }

    /// <summary>The source that the last reading of the host came from.</summary>
    internal string SourceName { get; private set; }

    /// <summary>How many other namespaces the last reading found, and how many of them as text.</summary>
    internal (int All, int AsText) Foreign => (_foreign.Count, _foreign.CountOfText);

    /// <param name="processes">Null when they were not collected: then only the host's namespace is known.</param>
    /// <exception cref="IOException">No source of the host's namespace can be read.</exception>
    /// <exception cref="TimeoutException">The deadline passed between two namespaces.</exception>
    internal TcpSocketTable Collect(ProcessTable? processes, Deadline deadline)
    {
        _table.Clear();
        _table.BeginNamespace();
        ReadHost(_table);
        _table.EndNamespace(TcpNamespace.Host);
        if (processes is not null && HostNamespace() is { } host)
        {
            _foreign.Read(processes, host, _table, deadline);
        }

        return _table;
    }

    /// <summary>Reads the sockets of the namespace that one process lives in; the host's where that cannot be told.</summary>
    /// <exception cref="IOException">They cannot be read, or the process is gone.</exception>
    internal void ReadNamespaceOf(ProcFolder process, ITcpSocketSink sink)
    {
        if (HostNamespace() is not { } host || NetNamespace.TryRead(_procFs, process, out ulong own) != ReadStatus.Ok || own == host)
        {
            ReadHost(sink);
            return;
        }

        try
        {
            using SockDiagTcpSource? sockDiag = SockDiagTcpSource.TryOpenOf(_procFs, process);
            if (sockDiag is not null)
            {
                sockDiag.Read(sink);
                return;
            }
        }
        catch (KernelException)
        {
            // It may not be entered (no CAP_SYS_ADMIN), or netlink is not to be had in it: its text tables can be read all the same.
        }

        using ProcfsTcpSource text = new(_procFs) { Process = process };
        text.Read(sink);
    }

    /// <summary>Closes what keeps namespaces alive that nobody has asked for in a while.</summary>
    internal void ReleaseIdle() => _foreign.ReleaseIdle();

    private void ReadHost(ITcpSocketSink sink)
    {
        if (_hasSockDiag && (_sockDiag ??= TryOpenSockDiag()) is { } sockDiag)
        {
            try
            {
                sockDiag.Read(sink);
                SourceName = sockDiag.Name;
                return;
            }
            catch (KernelException)
            {
                // It worked at start-up; the text table bridges what ails it now, and the source label tells.
                sockDiag.Dispose();
                _sockDiag = null;
            }
        }

        _text.Read(sink);
        SourceName = _text.Name;
    }

    private SockDiagTcpSource? TryOpenSockDiag()
    {
        // Captured files tell of a machine whose sockets are not here.
        if (!_procFs.IsKernel || HostNamespace() is not { } host)
        {
            return null;
        }

        SockDiagTcpSource? source = null;
        try
        {
            bool isOurs = NetNamespace.TryReadOwn(_procFs, out ulong own) == ReadStatus.Ok && own == host;
            source = isOurs ? new SockDiagTcpSource(new SockDiagClient(SockDiagTcpSource.ReceiveTimeout)) : SockDiagTcpSource.TryOpenOf(_procFs, 1);
            source?.Probe();
            return source;
        }
        catch (KernelException)
        {
            source?.Dispose();
            return null;
        }
    }

    /// <summary>
    /// That of pid 1. Where pid 1 is hidden our own /proc is the only one that surely shows our own namespace; null where
    /// the host's cannot be told.
    /// </summary>
    private ulong? HostNamespace()
        => NetNamespace.TryRead(_procFs, 1, out ulong host) == ReadStatus.Ok ? host
            : _procFs.IsOwn && NetNamespace.TryReadOwn(_procFs, out ulong own) == ReadStatus.Ok ? own
            : null;

    public void Dispose()
    {
        _foreign.Dispose();
        _sockDiag?.Dispose();
    }
}
