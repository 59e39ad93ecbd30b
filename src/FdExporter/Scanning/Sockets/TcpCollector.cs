using System.Collections.Immutable;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.SockDiag;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// Collector <c>tcp</c>: the sockets of the host's network namespace, which is that of pid 1 below the procfs root, and of each other
/// namespace with a visible process. Where nothing has happened, the last reading is used.
/// </summary>
internal sealed partial class TcpCollector : IDisposable
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

    /// <summary>The source of the last reading of the host.</summary>
    internal string SourceName { get; private set; }

    /// <summary>Why it is not sock_diag, in one line; null if it is.</summary>
    internal string? SourceReason { get; private set; }

    /// <summary>Number of other namespaces in the last reading, and how many of them were read as text.</summary>
    internal (int All, int AsText) Foreign => (_foreign.Count, _foreign.CountOfText);

    /// <summary>What the last reading left out; null if only the host's namespace was read.</summary>
    internal TcpCoverage? Coverage { get; private set; }

    /// <param name="processes">Null if not collected: then only the host's namespace is known.</param>
    /// <param name="wanted">The collectors that will use the sockets.</param>
    /// <param name="hostIsRead">Called when the host's sockets are in the table, before those of others are read.</param>
    /// <exception cref="IOException">No source of the host's namespace can be read.</exception>
    internal TcpSocketTable Collect(ProcessTable? processes, Deadline deadline, Collectors wanted = Collectors.All, Action<TcpSocketTable>? hostIsRead = null)
    {
        Coverage = null;
        _foreignFailure = null;
        bool isCounted = TryReadSockStat(out SockStat before);
        bool forAddresses = wanted.HasFlag(Collectors.Connections);
        _table.Clear(wanted.HasFlag(Collectors.SocketOwner), forAddresses);
        ulong? host = HostNamespace();
        _table.HostNamespace = host;
        _table.LocalPorts = forAddresses && IsReadersNamespace(host) && LocalPortRange.TryRead(_procFs, out LocalPortRange ports) == ReadStatus.Ok ? ports : null;
        _table.BeginNamespace(host ?? 0, 1);
        ReadHost(_table);
        _table.EndNamespace(TcpNamespace.Host);
        if (processes is not null && host is { } known)
        {
            hostIsRead?.Invoke(_table);
            ReadForeign(processes, known, deadline);

            // Sockets opened or closed during the reading must not count as missing.
            isCounted &= TryReadSockStat(out SockStat after);
            (_allocated, _orphans) = isCounted ? (Math.Min(before.Allocated, after.Allocated), Math.Max(before.Orphans, after.Orphans)) : (0, 0);
            Coverage = CoverageNow();
        }

        _table.Records.End();
        return _table;
    }

    private void ReadForeign(ProcessTable processes, ulong host, Deadline deadline)
    {
        try
        {
            _foreign.Read(processes, host, _table, deadline);
        }
#pragma warning disable CA1031 // A failure in another namespace must not discard the host's sockets.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            _table.Restart();
            _foreignFailure = exception is IOException ? exception.Message : exception.ToString();
        }
    }

    /// <summary>Whether sockets may be in namespaces that are known only from sockets held by processes.</summary>
    internal bool MayFindCarried => _procFs.IsKernel && _foreignFailure is null && Coverage is { UnlistedSockets: > 0 };

    /// <summary>Searches for namespaces known only from sockets held by processes, and reads them into the table of the last reading.</summary>
    /// <param name="sockets">Sockets that were never in a table, each with the index of its holder.</param>
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
            // Without an inode: orphans, connections in accept queues, and handshakes and TIME_WAIT, which are no full sockets.
            TcpStateCounts queued = _table.WithoutInode;
            long listed = _table.Rows.Count + _table.HiddenSubflows + queued[TcpState.Established] + queued[TcpState.CloseWait] + _foreign.Newer;
            _table.Unlisted = Math.Max(0, (long)_allocated - (long)_orphans - listed);
            unlisted = Math.Max(0, (long)_allocated - (long)_orphans - listed - _carried.Unconnected);
        }

        _table.IsWhole = unread == 0;

        return new TcpCoverage(unread, problems, unlisted, _carried.Unlocated, _foreign.UnsearchedProcesses, _foreign.OldestReading);
    }

    private bool TryReadSockStat(out SockStat value)
    {
        value = default;
        return _procFs.IsKernel && SockStat.TryRead(_procFs, _statBuffer, out value) == ReadStatus.Ok;
    }

    /// <summary>0 if unknown.</summary>
    private ulong HostCookie()
        => _sockDiag is { NamespaceCookie: > 0 and var cookie } ? cookie
            : IsReadersNamespace(HostNamespace()) ? SocketNamespace.ReadOwnCookie()
            : 0;

    /// <summary>Files below <c>sys/net</c> are those of the reader's namespace.</summary>
    private bool IsReadersNamespace(ulong? host) => NetNamespace.TryReadOwn(_procFs, out ulong own) == ReadStatus.Ok && own == host;

    /// <summary>Closes handles that keep namespaces alive and have not been used for a while.</summary>
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

                // It worked at start-up. The text table replaces it for now, and the source label shows it.
                sockDiag.Dispose();
                _sockDiag = null;
            }
        }

        _text.Read(sink);
        SourceName = _text.Name;
    }

    private SockDiagTcpSource? TryOpenSockDiag()
    {
        // Captured files describe another machine, whose sockets are not here.
        if (!_procFs.IsKernel)
        {
            SourceReason = $"{_procFs.Root} is not a procfs";
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

    /// <summary>That of pid 1. If pid 1 is hidden, only our own /proc certainly shows our own namespace. Null if the host's is unknown.</summary>
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
