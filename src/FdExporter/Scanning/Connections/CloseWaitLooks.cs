using System.Numerics;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Connections;

/// <summary>
/// What is known of each socket in CLOSE_WAIT: remembered from earlier scans, or asked of the kernel in this one. struct
/// tcp_info costs more than the socket itself, and most of what it tells of a socket that stands still follows from the clock.
/// So it is wanted of sockets that are new, that changed, that may still be answered, that are about to be blamed, and of some
/// of the others in turn.
/// </summary>
internal sealed class CloseWaitLooks(TimeProvider time)
{
    /// <summary>Of so many sockets that stand still each is asked for in each scan; of more a part, but each in so many scans.</summary>
    internal const int LeastInTurn = 256;

    internal const int MostScansBetween = 256;

    /// <summary>From this age on a socket is counted as stuck. Unit: milliseconds.</summary>
    private const long LeastAgeOfBlameMs = 60_000;

    /// <summary>So many, or an eighth of those known, are asked for one by one; a dump is cheaper for more.</summary>
    private const int MostSingly = 4096;

    private readonly long _epoch = time.GetTimestamp();
    private readonly ConnectionMemory _memory = new();
    private readonly RowBuffer<TcpSocketId> _wanted = new();
    private readonly RowBuffer<int> _wantedAt = new();
    private int _answered;
    private bool _isOn = true;
    private long _nowMs;
    private uint _scan;
    private ulong _turns;
    private int _mostSingly = MostSingly;

    /// <summary>When the scan began. Unit: seconds since this was made.</summary>
    internal uint Now => (uint)(_nowMs / 1000);

    /// <summary>Those of the namespace that is being read that are to be asked for; incomplete if <see cref="AreMany"/>.</summary>
    internal ReadOnlySpan<TcpSocketId> Wanted => _wanted.Span;

    /// <summary>Whether more are wanted than are worth asking for one by one.</summary>
    internal bool AreMany => _wanted.Count >= _mostSingly;

    /// <summary>A scan begins.</summary>
    /// <param name="isOn">False where nobody needs to know: nothing is remembered nor forgotten then.</param>
    internal void Begin(bool isOn)
    {
        _isOn = isOn;
        BeginNamespace();
        _nowMs = ElapsedMs();
        if (isOn)
        {
            _scan++;
            _memory.Begin();
            _mostSingly = Math.Max(MostSingly, _memory.Remembered / 8);
            _turns = BitOperations.RoundUpToPowerOf2((uint)Math.Clamp((_memory.Remembered + LeastInTurn - 1) / LeastInTurn, 1, MostScansBetween)) - 1;
        }
    }

    /// <summary>The scan was read whole.</summary>
    internal void End() => _memory.End();

    /// <summary>Another namespace is read.</summary>
    internal void BeginNamespace()
    {
        _wanted.Clear();
        _wantedAt.Clear();
        _answered = 0;
    }

    /// <summary>What was visited after the first <paramref name="count"/> does not count.</summary>
    internal void Truncate(int count)
    {
        if (_isOn)
        {
            _memory.Truncate(count);
        }

        BeginNamespace();
    }

    /// <summary>The next socket of the scan in CLOSE_WAIT.</summary>
    internal void Visit(ulong key, in TcpSocket socket)
    {
        if (!_isOn)
        {
            return;
        }

        ref ConnectionMemory.Entry entry = ref _memory.Keep(key, out bool isKnown);

        // The text tables have no cookie, and MPTCP has no such information: all that can be had is in the row.
        bool isAll = socket.Info is not null || socket.Cookie is null || socket.IsMptcp;
        if (!isAll && (!isKnown || IsDue(key, in socket, in entry)) && !AreMany)
        {
            _wanted.Add(new TcpSocketId(socket.Local, socket.Remote, socket.Interface, socket.Cookie.GetValueOrDefault()));
            _wantedAt.Add(_memory.Count - 1);
        }

        if (isAll || !isKnown)
        {
            entry = Look(in socket, isKnown ? entry : null) with { IsOwed = !isAll };
        }
    }

    /// <summary>The next socket of the scan is one of an earlier reading.</summary>
    internal void Carry(ulong key)
    {
        if (!_isOn)
        {
            return;
        }

        ref ConnectionMemory.Entry entry = ref _memory.Keep(key, out bool isKnown);
        if (!isKnown)
        {
            entry = new ConnectionMemory.Entry(Now + 1, null) { IsOwed = true };
        }
    }

    /// <summary>The kernel tells all of a socket. One that was not visited, or that has left CLOSE_WAIT, stays as it was.</summary>
    internal void Answer(ulong key, in TcpSocket socket)
    {
        if (socket.State == KernelTcpState.CloseWait && IndexOf(key) is >= 0 and var index)
        {
            _memory[index] = Look(in socket, _memory[index]);
        }
    }

    /// <summary>The answers come in the order of the requests.</summary>
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

    /// <summary>What is known of a socket of this scan, by the order of the visits.</summary>
    internal ref ConnectionMemory.Entry this[int index] => ref _memory[index];

    /// <summary>For how long that has been known, until this scan began. Never more than has passed. Unit: milliseconds.</summary>
    internal uint ElapsedMs(in ConnectionMemory.Entry known) => (uint)Math.Max(0, unchecked((int)((uint)_nowMs - known.AskedAt)));

    /// <summary>What the last scan knew of a socket; null if it did not see it in CLOSE_WAIT.</summary>
    internal ConnectionMemory.Entry? Find(ulong key) => _memory.Find(key);

    /// <summary>What is known of a socket at a look between scans, and when that was.</summary>
    internal (ConnectionMemory.Entry Known, uint Now) LookAlone(ulong key, in TcpSocket socket)
        => (Look(in socket, _memory.Find(key)), (uint)(ElapsedMs() / 1000));

    private ConnectionMemory.Entry Look(in TcpSocket socket, ConnectionMemory.Entry? before)
    {
        long nowMs = ElapsedMs();
        CloseWaitTraces traces = CloseWaitTraces.Of(in socket);
        ConnectionMemory.Entry known = CauseOfCloseWait.Look(in traces, before, (uint)(nowMs / 1000));
        return known with
        {
            // Rounded up, as above: what was told grows older by no more than passes.
            AskedAt = unchecked((uint)(nowMs + 1)),
            Direction = known.Direction ?? (socket.Inode == 0 ? ConnectionDirection.Inbound : Dialling.IsCertain(in socket) ? traces.Dialled : null),
        };
    }

    private bool IsDue(ulong key, in TcpSocket socket, in ConnectionMemory.Entry known)
        => known.IsOwed || known.IsAnswering
            || known.ReceiveQueue != socket.ReceiveQueue || known.SendQueue != socket.SendQueue
            || (((key * 0x9E3779B97F4A7C15) >> 40) & _turns) == (_scan & _turns)
            || IsToBeBlamed(in known);

    /// <summary>Whether it has become so old since the kernel was asked: nobody is accused of what was true a minute ago.</summary>
    private bool IsToBeBlamed(in ConnectionMemory.Entry known)
    {
        uint elapsed = ElapsedMs(in known);
        long age = Math.Max((long)known.LastAckReceivedMs + elapsed, (Now - (long)known.Since) * 1000);
        return age >= LeastAgeOfBlameMs && age - elapsed < LeastAgeOfBlameMs;
    }

    private long ElapsedMs() => (long)time.GetElapsedTime(_epoch).TotalMilliseconds;
}
