using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Connections;

/// <summary>
/// Collector <c>listeners</c>: accept queues by process and port, or by process and path of a Unix socket. The kernel counts drops by socket, and a socket may be closed; so the
/// increments are added up by process and port.
/// </summary>
internal sealed class ListenerCollector
{
    /// <summary>Fewer waiting connections may be between two calls of accept().</summary>
    private const int MinWaiting = 10;

    /// <summary>Half of the time for <see cref="ListenerSample.RecentDrops"/>.</summary>
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(5);

    /// <summary>How long a listener is remembered without being seen: its namespace may be unreadable for a while.</summary>
    private static readonly TimeSpan s_memory = TimeSpan.FromMinutes(10);

    private readonly TimeProvider _time;
    private readonly UnixListeners _unix;
    private readonly Dictionary<(ProcessId? Process, ConnectionAddress Address), Record> _records = [];
    private readonly Dictionary<ulong, Known> _sockets = [];
    private readonly Dictionary<(int Process, ConnectionAddress Address), Sums> _sums = [];
    private readonly RowBuffer<ListenerSample> _samples = new();
    private ImmutableArray<ListenerSample> _last = [];
    private long _now;

    internal ListenerCollector(TimeProvider time)
    {
        _time = time;
        _unix = new UnixListeners((process, address, queued, backlog)
            => CollectionsMarshal.GetValueRefOrAddDefault(_sums, (process, address), out _).Add(queued, backlog));
    }

    /// <param name="holderOf">By the inode of a listener: the index of the process that holds it; -1 if unknown.</param>
    /// <param name="interfaceName">By a process of the namespace and the index of the interface.</param>
    /// <param name="readUnix">Reads the listening Unix sockets; null if these are not known.</param>
    /// <param name="holderOfUnix">The holder of one of them.</param>
    internal ImmutableArray<ListenerSample> Collect(
        ConnectionTable sockets,
        ImmutableArray<ProcessSample> processes,
        Func<uint, int> holderOf,
        Func<ProcFolder, uint, string?> interfaceName,
        Action<UnixSocketVisitor>? readUnix = null,
        Func<uint, int>? holderOfUnix = null)
    {
        _now = _time.GetTimestamp();
        _sums.Clear();
        foreach (ref readonly ListenerRow listener in sockets.Listeners.Span)
        {
            string? bound = listener.Interface == 0 ? null : interfaceName(sockets.ProcessIn(listener.Namespace), listener.Interface);
            ConnectionAddress address = new(0, 0, listener.Local.Port, bound);
            CollectionsMarshal.GetValueRefOrAddDefault(_sums, (holderOf(listener.Inode), address), out _).Add(in listener, NewDropsOf(in listener));
        }

        if (readUnix is not null && holderOfUnix is not null)
        {
            _unix.Read(readUnix, holderOfUnix);
        }

        _samples.Clear();
        foreach (((int process, ConnectionAddress address), Sums sums) in _sums)
        {
            _samples.Add(SampleOf(process, address, process < 0 ? null : processes[process].Id, in sums));
        }

        ForgetGone();

        // Most queues are empty at each scan: then there is nothing to copy.
        _last = _samples.Span.SequenceEqual(_last.AsSpan()) ? _last : [.. _samples.Span];
        return _last;
    }

    private ListenerSample SampleOf(int process, ConnectionAddress address, ProcessId? id, in Sums sums)
    {
        ref Record? record = ref CollectionsMarshal.GetValueRefOrAddDefault(_records, (id, address), out _);
        record ??= new Record { WindowBegan = _now };
        record.SeenAt = _now;
        record.Drops += sums.NewDrops;
        if (_time.GetElapsedTime(record.WindowBegan, _now) >= s_window)
        {
            (record.LastWindow, record.Window, record.WindowBegan) = (record.Window, 0, _now);
        }

        // The drops before the first scan may be years old.
        record.Window += record.IsSeen ? sums.NewDrops : 0;
        record.IsSeen = true;
        record.FullSince = sums.IsFull ? record.FullSince ?? _now : null;
        record.WaitingSince = sums.Queued >= MinWaiting ? record.WaitingSince ?? _now : null;
        return new ListenerSample(process, address, sums.Queued, sums.Backlog)
        {
            Drops = sums.KnowsDrops ? record.Drops : null,
            RecentDrops = record.Window + record.LastWindow,
            FullFor = Since(record.FullSince),
            WaitingFor = Since(record.WaitingSince),
        };
    }

    private TimeSpan? Since(long? then) => then is { } known ? _time.GetElapsedTime(known, _now) : null;

    private long NewDropsOf(in ListenerRow listener)
    {
        if (listener.Drops is not { } drops || listener.Cookie is not { } cookie)
        {
            return 0;
        }

        ref Known known = ref CollectionsMarshal.GetValueRefOrAddDefault(_sockets, cookie, out _);
        uint more = unchecked(drops - known.Drops);
        known = new Known(drops, _now);
        return more;
    }

    private void ForgetGone()
    {
        foreach ((ulong cookie, Known known) in _sockets)
        {
            if (_time.GetElapsedTime(known.SeenAt, _now) > s_memory)
            {
                _sockets.Remove(cookie);
            }
        }

        foreach (((ProcessId? Process, ConnectionAddress Address) key, Record record) in _records)
        {
            if (_time.GetElapsedTime(record.SeenAt, _now) > s_memory)
            {
                _records.Remove(key);
            }
        }
    }

    /// <param name="Drops">As of the last scan, modulo 2^32.</param>
    private readonly record struct Known(uint Drops, long SeenAt);

    private sealed class Record
    {
        internal long SeenAt;
        internal bool IsSeen;
        internal long Drops;
        internal long Window;
        internal long LastWindow;
        internal long WindowBegan;
        internal long? FullSince;
        internal long? WaitingSince;
    }

    private struct Sums
    {
        private bool _hasAny;

        internal long Queued;
        internal long? Backlog;
        internal long NewDrops;
        internal bool KnowsDrops;
        internal bool IsFull;

        internal void Add(in ListenerRow listener, long newDrops)
        {
            NewDrops += newDrops;
            KnowsDrops |= listener.Drops is not null;
            Add(listener.Waiting, listener.Backlog);
        }

        internal void Add(uint queued, uint? backlog)
        {
            Queued += queued;
            Backlog = _hasAny ? Backlog + backlog : backlog;

            // The kernel accepts one more than the backlog.
            IsFull |= queued > backlog;
            _hasAny = true;
        }
    }
}
