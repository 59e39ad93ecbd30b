using System.Collections.Immutable;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.SockDiag;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// Collector <c>tcp</c>: the sockets of the host's network namespace, which is that of pid 1 below the procfs root, and
/// of each other namespace that a visible process lives in; of those in which nothing has happened, what was read before.
/// </summary>
internal sealed class TcpCollector : IDisposable
{
    private readonly ProcFs _procFs;
    private readonly TcpSocketTable _table;
    private readonly ProcfsTcpSource _text;
    private readonly bool _hasSockDiag;
    private SockDiagTcpSource? _sockDiag;
    private readonly NamespaceVisitor _visitor = new();
    private readonly ForeignNamespaces _foreign;
    private readonly CarriedSockets _carried;
    private readonly byte[] _statBuffer = new byte[4096];
    private ulong _allocated;
    private ulong _orphans;
    private string? _foreignFailure;

    internal TcpCollector(ProcFs procFs, TimeProvider time)
    {
        _procFs = procFs;
        _table = new TcpSocketTable(time);
        _text = new ProcfsTcpSource(procFs);
        _sockDiag = TryOpenSockDiag();
        _hasSockDiag = _sockDiag is not null;
        SourceName = _sockDiag?.Name ?? _text.Name;
        _foreign = new ForeignNamespaces(procFs, _visitor, time, _hasSockDiag);
        _carried = new CarriedSockets(procFs);
    }

    /// <summary>The source that the last reading of the host came from.</summary>
    internal string SourceName { get; private set; }

    /// <summary>Why it is not sock_diag, in one line; null where it is.</summary>
    internal string? SourceReason { get; private set; }

    /// <summary>How many other namespaces the last reading found, and how many of them as text.</summary>
    internal (int All, int AsText) Foreign => (_foreign.Count, _foreign.CountOfText);

    /// <summary>What the last reading left out; null when only the host's namespace was read.</summary>
    internal TcpCoverage? Coverage { get; private set; }

    /// <param name="processes">Null when they were not collected: then only the host's namespace is known.</param>
    /// <param name="forOwners">Whether anybody will ask whose the sockets are, and why they are in CLOSE_WAIT.</param>
    /// <param name="hostIsRead">Called when the host's sockets are in the table, before those of others are read.</param>
    /// <exception cref="IOException">No source of the host's namespace can be read.</exception>
    internal TcpSocketTable Collect(ProcessTable? processes, Deadline deadline, bool forOwners = true, Action<TcpSocketTable>? hostIsRead = null)
    {
        Coverage = null;
        _foreignFailure = null;
        bool isCounted = TryReadSockStat(out SockStat before);
        _table.Clear(forOwners);
        ulong? host = HostNamespace();
        _table.HostNamespace = host;
        _table.BeginNamespace(host ?? 0, 1);
        ReadHost(_table);
        _table.EndNamespace(TcpNamespace.Host);
        if (processes is not null && host is { } known)
        {
            hostIsRead?.Invoke(_table);
            ReadForeign(processes, known, deadline);

            // What was made or closed under the reading is missing nowhere.
            isCounted &= TryReadSockStat(out SockStat after);
            (_allocated, _orphans) = isCounted ? (Math.Min(before.Allocated, after.Allocated), Math.Max(before.Orphans, after.Orphans)) : (0, 0);
            Coverage = CoverageNow();
        }

        _table.Looks.End();
        return _table;
    }

    private void ReadForeign(ProcessTable processes, ulong host, Deadline deadline)
    {
        try
        {
            _foreign.Read(processes, host, _table, deadline);
        }
#pragma warning disable CA1031 // Whatever others have made of their namespaces, what was read of the host's stays.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            _table.Restart();
            _foreignFailure = exception is IOException ? exception.Message : exception.ToString();
        }
    }

    /// <summary>Whether sockets may be in namespaces that are known only by those that somebody holds.</summary>
    internal bool MayFindCarried => _procFs.IsKernel && _foreignFailure is null && Coverage is { UnlistedSockets: > 0 };

    /// <summary>
    /// Looks for namespaces that are known only by sockets that somebody holds, and reads those that it finds into the table
    /// of the last reading.
    /// </summary>
    /// <param name="sockets">Those that have stood in no table, each with the index of its holder.</param>
    /// <returns>Whether the table has more sockets now.</returns>
    internal bool FindCarried(ProcessTable processes, IReadOnlyList<(int Process, CarriedSocket Socket)> sockets, Deadline deadline)
    {
        Deadline own = deadline.Share(ForeignNamespaces.ShareOfTime);
        ulong host = HostCookie();
        int before = _table.Rows.Count;
        _carried.Search(
            processes,
            sockets,
            cookie => cookie == host || _foreign.HasCookie(cookie),
            (in ProcessSample process, CarriedSocket socket, ulong cookie, SafeFd? opened)
                => opened is null && cookie == host ? CarriedSockets.Answer.Read : _foreign.Note(in process, socket, cookie, opened, _table, own),
            own);
        Coverage = CoverageNow();
        return _table.Rows.Count > before;
    }

    private TcpCoverage CoverageNow()
    {
        (int unread, ImmutableArray<string> problems) = _foreign.Unread;
        if (_foreignFailure is not null)
        {
            (unread, problems) = (unread + 1, [_foreignFailure, .. problems]);
        }

        long? unlisted = null;
        if (_allocated > 0)
        {
            // Without an inode are orphans, connections in accept queues, and what is no whole socket: handshakes and TIME_WAIT.
            TcpStateCounts queued = _table.WithoutInode;
            long listed = _table.Rows.Count + _table.HiddenSubflows + queued[TcpState.Established] + queued[TcpState.CloseWait] + _foreign.Newer;
            _table.Unlisted = Math.Max(0, (long)_allocated - (long)_orphans - listed);
            unlisted = Math.Max(0, (long)_allocated - (long)_orphans - listed - _carried.Unconnected);
        }

        _table.IsWhole = unread == 0;

        return new TcpCoverage(unread, problems, unlisted, _carried.Untold, _foreign.UnsearchedProcesses, _foreign.OldestReading);
    }

    private bool TryReadSockStat(out SockStat value)
    {
        value = default;
        return _procFs.IsKernel && SockStat.TryRead(_procFs, _statBuffer, out value) == ReadStatus.Ok;
    }

    /// <summary>0 where it cannot be told.</summary>
    private ulong HostCookie()
        => _sockDiag is { NamespaceCookie: > 0 and var cookie } ? cookie
            : NetNamespace.TryReadOwn(_procFs, out ulong own) == ReadStatus.Ok && own == HostNamespace() ? SocketNamespace.ReadOwnCookie()
            : 0;

    /// <summary>Reads the sockets of the namespace that one process lives in; the host's where that cannot be told.</summary>
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
            // It may not be entered (no CAP_SYS_ADMIN), or netlink is not to be had in it: its text tables can be read all the same.
        }

        using ProcfsTcpSource text = new(_procFs) { Process = process };
        text.Read(sink);
    }

    /// <summary>Visits every Unix socket of the namespace that a process lives in.</summary>
    /// <returns>False where netlink is not to be had there; what was visited is right all the same.</returns>
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
            source?.ReadUnix(visit);
            return source is not null;
        }
        catch (KernelException)
        {
            return false;
        }
    }

    /// <summary>Reads the sockets of every other namespace: the host's, and those that the last scan held.</summary>
    /// <param name="begin">Called before each, with a process or a thread that lives in it, or the default; false ends the reading.</param>
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

    /// <summary>Reads the sockets of the namespace that one socket of a process was made in.</summary>
    /// <returns>False when it may not be asked for, or not be entered.</returns>
    internal bool TryReadNamespaceOf(CarriedSocket socket, ITcpSocketSink sink)
    {
        if (!_procFs.IsKernel
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
                SourceReason = null;
                return;
            }
            catch (KernelException exception)
            {
                SourceReason = exception.Message;

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
        if (!_procFs.IsKernel)
        {
            SourceReason = $"{_procFs.Root} is no procfs";
            return null;
        }

        if (HostNamespace() is not { } host)
        {
            SourceReason = $"readlink {_procFs.Root}/1/ns/net: {ReadStatusNames.Of(NetNamespace.TryRead(_procFs, 1, out _))}";
            return null;
        }

        SockDiagTcpSource? source = null;
        try
        {
            bool isOurs = NetNamespace.TryReadOwn(_procFs, out ulong own) == ReadStatus.Ok && own == host;
            source = isOurs ? new SockDiagTcpSource(new SockDiagClient(SockDiagTcpSource.ReceiveTimeout)) : SockDiagTcpSource.TryOpenOf(_visitor, _procFs, 1);
            source?.Probe();
            SourceReason = source is null ? $"open {_procFs.Root}/1/ns/net: {ReadStatusNames.Of(ReadStatus.Denied)}" : null;
            return source;
        }
        catch (KernelException exception)
        {
            SourceReason = exception.Message;
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
        _visitor.Dispose();
    }
}
