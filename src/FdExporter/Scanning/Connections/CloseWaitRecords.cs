using System.Numerics;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Connections;

/// <summary>
/// What is known of each socket in CLOSE_WAIT, from earlier scans or from the kernel in this one. Reading struct tcp_info costs more than
/// the socket itself, and for an unchanged socket most of it follows from the clock. So it is requested only for sockets that are new, that
/// changed, that may still be answered, that are about to be reported as stuck, and for some of the others in turn.
/// </summary>
internal sealed class CloseWaitRecords(TimeProvider time)
{
    /// <summary>Up to this number of unchanged sockets are all requested in each scan. Of more, a part per scan.</summary>
    internal const int MinInTurn = 256;

    internal const int MostScansBetween = 256;

    /// <summary>From this age on a socket counts as stuck. Unit: milliseconds.</summary>
    private const long StuckAgeMs = 60_000;

    /// <summary>Up to this number, or a quarter of the known sockets, are requested one by one. A request costs as much as four sockets of a dump, so a dump is cheaper for more.</summary>
    private const int MaxSingleRequests = 4096;

    private readonly long _epoch = time.GetTimestamp();
    private readonly ConnectionMemory _memory = new();
    private readonly RowBuffer<TcpSocketId> _wanted = new();
    private readonly RowBuffer<int> _wantedAt = new();
    private int _answered;
    private bool _isOn = true;
    private long _nowMs;
    private uint _scan;
    private ulong _turns;
    private int _maxSingleRequests = MaxSingleRequests;

    /// <summary>Start of the scan. Unit: seconds since this object was created.</summary>
    internal uint Now => (uint)(_nowMs / 1000);

    /// <summary>Sockets of the current namespace to request; incomplete if <see cref="AreMany"/>.</summary>
    internal ReadOnlySpan<TcpSocketId> Wanted => _wanted.Span;

    /// <summary>Whether there are too many to request one by one.</summary>
    internal bool AreMany => _wanted.Count >= _maxSingleRequests;

    /// <summary>A scan begins.</summary>
    /// <param name="isOn">False if no caller needs the result: then nothing is remembered or forgotten.</param>
    internal void Begin(bool isOn)
    {
        _isOn = isOn;
        BeginNamespace();
        _nowMs = ElapsedMs();
        if (isOn)
        {
            _scan++;
            _memory.Begin();
            _maxSingleRequests = Math.Max(MaxSingleRequests, _memory.Remembered / 4);
            _turns = BitOperations.RoundUpToPowerOf2((uint)Math.Clamp((_memory.Remembered + MinInTurn - 1) / MinInTurn, 1, MostScansBetween)) - 1;
        }
    }

    /// <summary>The scan is complete.</summary>
    internal void End() => _memory.End();

    /// <summary>The next namespace begins.</summary>
    internal void BeginNamespace()
    {
        _wanted.Clear();
        _wantedAt.Clear();
        _answered = 0;
    }

    /// <summary>Discards the visits after the first <paramref name="count"/>.</summary>
    internal void Truncate(int count)
    {
        if (_isOn)
        {
            _memory.Truncate(count);
        }

        BeginNamespace();
    }

    /// <summary>Adds the next socket of the scan in CLOSE_WAIT.</summary>
    internal void Visit(ulong key, in TcpSocket socket)
    {
        if (!_isOn)
        {
            return;
        }

        ref ConnectionMemory.Entry entry = ref _memory.Keep(key, out bool isKnown);

        // The text tables have no cookie, and MPTCP has no tcp_info: the row contains all there is.
        bool isAll = socket.Info is not null || socket.Cookie is null || socket.IsMptcp;
        if (!isAll && (!isKnown || IsDue(key, in socket, in entry)) && !AreMany)
        {
            _wanted.Add(new TcpSocketId(socket.Local, socket.Remote, socket.Interface, socket.Cookie.GetValueOrDefault()));
            _wantedAt.Add(_memory.Count - 1);
        }

        if (isAll || !isKnown)
        {
            entry = Observe(in socket, isKnown ? entry : null) with { IsPending = !isAll };
        }
    }

    /// <summary>Adds the next socket of the scan, known from an earlier reading.</summary>
    internal void Carry(ulong key)
    {
        if (!_isOn)
        {
            return;
        }

        ref ConnectionMemory.Entry entry = ref _memory.Keep(key, out bool isKnown);
        if (!isKnown)
        {
            entry = new ConnectionMemory.Entry(Now + 1, null) { IsPending = true };
        }
    }

    /// <summary>Takes the kernel's answer about a socket. Ignores a socket that was not visited or has left CLOSE_WAIT.</summary>
    internal void Answer(ulong key, in TcpSocket socket)
    {
        if (socket.State == KernelTcpState.CloseWait && IndexOf(key) is >= 0 and var index)
        {
            _memory[index] = Observe(in socket, _memory[index]);
        }
    }

    /// <summary>The answers arrive in the order of the requests.</summary>
    private int IndexOf(ulong key)
    {
        while (_answered < _wantedAt.Count)
        {
            int index = _wantedAt.Span[_answered++];
            if (_memory.KeyAt(index) == key)
            {
                return index;
            }
        }

        return _memory.IndexOf(key);
    }

    /// <summary>The entry of a socket of this scan, by the order of the visits.</summary>
    internal ref ConnectionMemory.Entry this[int index] => ref _memory[index];

    /// <summary>Time between the kernel's answer and the start of this scan; never overestimated. Unit: milliseconds.</summary>
    internal uint ElapsedMs(in ConnectionMemory.Entry known) => (uint)Math.Max(0, unchecked((int)((uint)_nowMs - known.AskedAt)));

    /// <summary>Time between the start of this scan and the kernel's answer; 0 for an earlier answer. Unit: milliseconds.</summary>
    internal uint AheadMs(in ConnectionMemory.Entry known) => (uint)Math.Max(0, unchecked((int)(known.AskedAt - (uint)_nowMs)));

    /// <summary>Time since the start of this scan. Unit: milliseconds.</summary>
    internal long SinceBeginMs => ElapsedMs() - _nowMs;

    /// <summary>The entry of the last scan; null if that did not see the socket in CLOSE_WAIT.</summary>
    internal ConnectionMemory.Entry? Find(ulong key) => _memory.Find(key);

    /// <summary>The entry of a socket observed between scans, and the time of the observation.</summary>
    internal (ConnectionMemory.Entry Known, uint Now) ObserveAlone(ulong key, in TcpSocket socket)
        => (Observe(in socket, _memory.Find(key)), (uint)(ElapsedMs() / 1000));

    private ConnectionMemory.Entry Observe(in TcpSocket socket, ConnectionMemory.Entry? before)
    {
        long nowMs = ElapsedMs();
        CloseWaitTraces traces = CloseWaitTraces.Of(in socket);
        ConnectionMemory.Entry known = CauseOfCloseWait.Observe(in traces, before, (uint)(nowMs / 1000));
        return known with
        {
            // Rounded up, so the elapsed time is never overestimated.
            AskedAt = unchecked((uint)(nowMs + 1)),
            Direction = known.Direction ?? (socket.Inode == 0 ? ConnectionDirection.Inbound : ByteCountDirection.IsCertain(in socket) ? traces.LikelyDirection : null),
        };
    }

    private bool IsDue(ulong key, in TcpSocket socket, in ConnectionMemory.Entry known)
        => known.IsPending || known.IsAnswering
            || known.ReceiveQueue != socket.ReceiveQueue || known.SendQueue != socket.SendQueue
            || (((key * 0x9E3779B97F4A7C15) >> 40) & _turns) == (_scan & _turns)
            || BecameStuck(in known);

    /// <summary>Whether it has reached this age since the kernel was asked. No program may be blamed for values that are a minute old.</summary>
    private bool BecameStuck(in ConnectionMemory.Entry known)
    {
        uint elapsed = ElapsedMs(in known);
        long age = Math.Max((long)known.LastAckReceivedMs + elapsed, (Now - (long)known.Since) * 1000);
        return age >= StuckAgeMs && age - elapsed < StuckAgeMs;
    }

    private long ElapsedMs() => (long)time.GetElapsedTime(_epoch).TotalMilliseconds;
}
