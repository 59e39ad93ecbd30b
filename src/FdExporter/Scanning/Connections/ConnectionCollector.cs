using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;
using FdExporter.Model;

namespace FdExporter.Scanning.Connections;

/// <summary>
/// Sockets in CLOSE_WAIT by process, direction, address and cause, with their ages. The kernel does not store when a socket entered
/// CLOSE_WAIT. The age is the longer of two: the time since its last acknowledgement, and the time that the exporter has seen it so without
/// data being sent. Both never exceed the true age.
/// </summary>
internal sealed partial class ConnectionCollector(TimeProvider time)
{
    /// <summary>If one local port has this number of connections, each from a different remote port, they are its clients.</summary>
    private const int ManyClients = 8;

    /// <summary>Few programs accept a connection this soon after their start. Unit: milliseconds.</summary>
    private const long MinTimeToAcceptMs = 50;

    private readonly Listeners _listeners = new();
    private readonly Dictionary<(int Namespace, SocketEndpoint Local), HashSet<ushort>> _guessed = [];
    private CloseWaitRecords _records = new(time);

    /// <param name="interfaceName">By a process of the namespace and the index of the interface.</param>
    internal ImmutableArray<ConnectionSample> Collect(ConnectionTable sockets, SocketOwners owners, Func<ProcFolder, uint, string?> interfaceName)
    {
        CloseWaitRecords records = _records = sockets.Records;
        ReadListeners(sockets);
        CountClients(sockets);
        _places.Clear();
        Array.Clear(_recent);
        ReadOnlySpan<CloseWaitRow> rows = sockets.CloseWait.Span;
        for (int i = 0; i < rows.Length; i++)
        {
            ref readonly CloseWaitRow row = ref rows[i];
            ref ConnectionMemory.Entry seen = ref records[i];

            // Rows of an earlier reading are judged as of that time: the socket may be gone.
            long readAgoMs = sockets.AgeOf(row.Namespace).Ticks / TimeSpan.TicksPerMillisecond;
            uint now = (uint)Math.Max(0, records.Now - (readAgoMs / 1000));
            bool isAccepted = row.Inode != 0;
            uint listener = isAccepted ? 0 : _listeners.TakeFromQueue(row.Namespace, row.Local, row.Interface);
            SocketHolder holder = isAccepted ? owners.HolderOf(row.Inode) : owners.AcceptorOf(listener, row.LocalPort);

            if (seen is { Direction: null, LikelyDirection: null, IsPending: false } && IsClient(in row))
            {
                seen.Direction = ConnectionDirection.Inbound;
            }

            ConnectionDirection direction = seen.Direction ?? seen.LikelyDirection ?? GuessedDirectionOf(in row);
            CloseWaitTraces traces = CloseWaitTraces.Of(in row, in seen, (uint)Math.Max(0, records.ElapsedMs(in seen) - readAgoMs));
            CloseWaitCause cause = CauseOfCloseWait.Of(in traces, in seen, now);
            ref Sums sums = ref row.Interface == 0 && holder.Origin is null
                ? ref SumsOf(in row, holder.Process, direction, cause)
                : ref _sums[PlaceOf(new Key(holder.Process, direction, AddressOf(sockets, in row, direction, interfaceName), cause, holder.Origin))];
            sums.Add(AgeOf(cause, traces.LastAckReceivedMs, seen.Since, now));
            sums.Searched += holder is { Process: < 0, IsSearched: true } ? 1 : 0;
            sums.Acceptors = Math.Max(sums.Acceptors, holder.Acceptors);
            long agedMs = traces.MinAgeMs + readAgoMs - records.AheadMs(in seen);
            sums.Predating += isAccepted && agedMs > holder.AgeMs - MinTimeToAcceptMs ? 1 : 0;
            sums.Older += isAccepted && agedMs > holder.AgeMs ? 1 : 0;
            sums.Listener = direction == ConnectionDirection.Inbound && sums.Listener == 0
                ? _listeners.Of(row.Namespace, row.Local, row.Interface).Inode
                : sums.Listener;
        }

        ImmutableArray<ConnectionSample>.Builder samples = ImmutableArray.CreateBuilder<ConnectionSample>(_places.Count);
        foreach ((Key key, int place) in _places)
        {
            ref readonly Sums sums = ref _sums[place];
            samples.Add(new ConnectionSample(key.Process, key.Direction, key.Address, TcpState.CloseWait, key.Cause, sums.Count, sums.Oldest, sums.Aged)
            {
                Searched = sums.Searched,
                Acceptors = sums.Acceptors,
                InheritedFrom = key.Cause == CloseWaitCause.NotAccepted ? key.Origin : AuthorOf(in key, in sums, owners),
            });
        }

        return samples.MoveToImmutable();
    }

    /// <summary>Why a socket is in CLOSE_WAIT and for how long it has been stuck at least, from the kernel and earlier scans.</summary>
    internal (CloseWaitCause Cause, TimeSpan? Age) CloseWaitOf(in TcpSocket socket, ulong netns)
    {
        CloseWaitTraces traces = CloseWaitTraces.Of(in socket);
        (ConnectionMemory.Entry seen, uint now) = _records.ObserveAlone(SocketKey.Of(in socket, netns), in socket);
        CloseWaitCause cause = CauseOfCloseWait.Of(in traces, in seen, now);
        return (cause, AgeOf(cause, traces.LastAckReceivedMs, seen.Since, now));
    }

    /// <summary>
    /// Who opened the connection: from the kernel's byte counts, else as the kernel reported earlier, else from the listeners.
    /// </summary>
    /// <param name="isListened">Whether there is a listener for its local end.</param>
    internal ConnectionDirection DirectionOf(in TcpSocket socket, ulong netns, bool isListened)
        => _records.Find(SocketKey.Of(in socket, netns))?.Direction
            ?? ByteCountDirection.DirectionOf(in socket)
            ?? (isListened ? ConnectionDirection.Inbound : ConnectionDirection.Outbound);

    /// <summary>Null if not stuck. A connection that was answered for a while is as old as its last answer.</summary>
    private static TimeSpan? AgeOf(CloseWaitCause cause, uint lastAckReceivedMs, uint since, uint now)
        => cause == CloseWaitCause.StillSending ? null
            : TimeSpan.FromTicks(Math.Max(lastAckReceivedMs, now > since ? (now - since) * 1000L : 0) * TimeSpan.TicksPerMillisecond);

    /// <summary>
    /// A single connection may have been accepted by a super-server (inetd) for the process; several were probably left open by the parent
    /// process. A connection that is still answered was not left behind.
    /// </summary>
    private static SocketAuthor? AuthorOf(in Key key, in Sums sums, SocketOwners owners)
        => key.Process < 0 || sums.Count < 2 || key.Cause == CloseWaitCause.StillSending ? null
            : key.Origin ?? owners.AuthorOf(
                key.Process, sums.Listener, key.Direction == ConnectionDirection.Inbound ? key.Address.Port : (ushort)0, sums.Predating * 2 >= sums.Count, sums.Older * 2 >= sums.Count);

    private void ReadListeners(ConnectionTable sockets)
    {
        _listeners.Clear();
        foreach (ref readonly ListenerRow listener in sockets.Listeners.Span)
        {
            _listeners.Add(listener.Namespace, listener.Local, listener.Interface, listener.Inode, listener.Waiting);
        }
    }

    /// <summary>Only for connections where the kernel does not report who opened them: in the text tables, on old kernels, and for MPTCP.</summary>
    private void CountClients(ConnectionTable sockets)
    {
        _guessed.Clear();
        ReadOnlySpan<CloseWaitRow> rows = sockets.CloseWait.Span;
        for (int i = 0; i < rows.Length; i++)
        {
            ref readonly CloseWaitRow row = ref rows[i];
            if (row.Inode != 0 && sockets.Records[i].LikelyDirection is null)
            {
                ref HashSet<ushort>? ports = ref CollectionsMarshal.GetValueRefOrAddDefault(_guessed, (row.Namespace, row.Local), out _);
                _ = (ports ??= []).Count < ManyClients && ports.Add(row.RemotePort);
            }
        }
    }

    private ConnectionDirection GuessedDirectionOf(in CloseWaitRow row)
        => IsClient(in row) ? ConnectionDirection.Inbound : ConnectionDirection.Outbound;

    private bool IsClient(in CloseWaitRow row)
        => _listeners.Has(row.Namespace, row.Local, row.Interface)
            || (_guessed.TryGetValue((row.Namespace, row.Local), out HashSet<ushort>? ports) && ports.Count >= ManyClients);

    private ConnectionAddress AddressOf(
        ConnectionTable sockets, in CloseWaitRow row, ConnectionDirection direction, Func<ProcFolder, uint, string?> interfaceName)
    {
        if (direction == ConnectionDirection.Outbound)
        {
            return new ConnectionAddress(row.RemoteHigh, row.RemoteLow, row.RemotePort, NameOf(in row, row.Interface));
        }

        // A bound socket is the listener's. A connection from a link-local address always has an interface.
        (uint inode, uint bound) = row.Interface == 0 ? default : _listeners.Of(row.Namespace, row.Local, row.Interface);
        return new ConnectionAddress(0, 0, row.LocalPort, NameOf(in row, inode == 0 && !row.Local.IsLinkLocal ? row.Interface : bound));

        string? NameOf(in CloseWaitRow row, uint index) => index == 0 ? null : interfaceName(sockets.ProcessIn(row.Namespace), index);
    }
}
