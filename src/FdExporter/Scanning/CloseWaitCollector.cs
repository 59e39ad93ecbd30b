using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FdExporter.Linux.Sockets;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// The sockets in CLOSE_WAIT by culprit, direction, endpoint and cause, with their ages. The kernel does not keep when a
/// socket entered CLOSE_WAIT: the age is what its last acknowledgement tells, or how long the exporter has seen it so,
/// whichever is longer; both are never longer than the truth.
/// </summary>
internal sealed class CloseWaitCollector(TimeProvider time)
{
    private readonly long _epoch = time.GetTimestamp();
    private readonly FirstSeen _firstSeen = new();
    private readonly Dictionary<(int Namespace, SocketEndpoint Local), Queue> _queues = [];
    private readonly HashSet<(int Namespace, ushort Port)> _listenedPorts = [];
    private readonly Dictionary<Key, Sums> _sums = [];

    internal ImmutableArray<CloseWaitSample> Collect(TcpSocketTable sockets, Func<uint, int> indexOfOwner)
    {
        ReadListeners(sockets);
        _sums.Clear();
        _firstSeen.Begin(sockets.CloseWait.Count);
        uint now = Now;
        ReadOnlySpan<SocketEndpoint> notAccepted = sockets.NotAccepted.Span;
        foreach (ref readonly TcpSocketTable.CloseWaitRow row in sockets.CloseWait.Span)
        {
            uint inode = row.Inode;
            if (inode == 0)
            {
                inode = ListenerOf(row.Namespace, notAccepted[0]);
                notAccepted = notAccepted[1..];
            }

            // Rounded up when it is noted and down when it is compared: in between, less has passed than it seems.
            uint first = _firstSeen.Note(row.Key, now + 1);
            ref Sums sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, KeyOf(in row, indexOfOwner(inode)), out _);
            sums.Add(AgeOf(row.LastAckReceivedMs, first, now));
        }

        ImmutableArray<CloseWaitSample>.Builder samples = ImmutableArray.CreateBuilder<CloseWaitSample>(_sums.Count);
        foreach ((Key key, Sums sums) in _sums)
        {
            samples.Add(new CloseWaitSample(key.Process, key.Direction, key.Endpoint, key.Cause, sums.Count, sums.Oldest, sums.Aged));
        }

        return samples.MoveToImmutable();
    }

    /// <summary>For how long a socket has been in CLOSE_WAIT at the least, by the kernel and by what the scans until now saw.</summary>
    internal TimeSpan AgeOf(in TcpSocket socket)
        => AgeOf(socket.LastAckReceivedMs ?? 0, _firstSeen.TryGet(TcpSocketTable.KeyOf(in socket), out uint first) ? first : uint.MaxValue, Now);

    /// <summary>Unit: seconds since the collector was made.</summary>
    private uint Now => (uint)time.GetElapsedTime(_epoch).TotalSeconds;

    private static TimeSpan AgeOf(uint lastAckReceivedMs, uint first, uint now)
        => TimeSpan.FromMilliseconds(Math.Max(lastAckReceivedMs, now > first ? (now - first) * 1000.0 : 0));

    private void ReadListeners(TcpSocketTable sockets)
    {
        _queues.Clear();
        _listenedPorts.Clear();
        foreach (ref readonly TcpSocketTable.Listener listener in sockets.Listeners.Span)
        {
            ref Queue queue = ref CollectionsMarshal.GetValueRefOrAddDefault(_queues, (listener.Namespace, listener.Local), out bool shared);
            if (!shared)
            {
                queue = new Queue(listener.Inode, listener.Waiting, null);
            }
            else
            {
                // SO_REUSEPORT: each listener has a queue of its own.
                queue = queue with { Others = [.. queue.Others ?? [], new Queue(listener.Inode, listener.Waiting, null)] };
            }

            _listenedPorts.Add((listener.Namespace, listener.Local.Port));
        }
    }

    private Key KeyOf(in TcpSocketTable.CloseWaitRow row, int owner)
    {
        bool inbound = _listenedPorts.Contains((row.Namespace, row.LocalPort));
        return new Key(
            owner,
            inbound ? CloseWaitDirection.Inbound : CloseWaitDirection.Outbound,
            inbound ? new IpEndpoint(0, 0, row.LocalPort) : new IpEndpoint(row.RemoteHigh, row.RemoteLow, row.RemotePort),
            row.Inode == 0 ? CloseWaitCause.NotAccepted : row.IsUnread ? CloseWaitCause.NotRead : CloseWaitCause.NotClosed);
    }

    /// <summary>Inode of the listener in whose queue the connection waits: one of its address, or of every address.</summary>
    private uint ListenerOf(int netns, SocketEndpoint local)
    {
        ref Queue queue = ref CollectionsMarshal.GetValueRefOrNullRef(_queues, (netns, local));
        if (Unsafe.IsNullRef(ref queue) && local.IsIPv4)
        {
            queue = ref CollectionsMarshal.GetValueRefOrNullRef(_queues, (netns, SocketEndpoint.FromIPv4(0, local.Port)));
        }

        if (Unsafe.IsNullRef(ref queue))
        {
            queue = ref CollectionsMarshal.GetValueRefOrNullRef(_queues, (netns, new SocketEndpoint(0, 0, local.Port)));
        }

        return Unsafe.IsNullRef(ref queue) ? 0 : queue.Take();
    }

    /// <summary>
    /// The accept queue of a listener. The kernel does not tell in which of several queues of one address a connection
    /// waits, but how many wait in each: they are dealt out by these numbers.
    /// </summary>
    private record struct Queue(uint Inode, uint Waiting, Queue[]? Others)
    {
        internal uint Take()
        {
            if (Others is null)
            {
                return Inode;
            }

            ref Queue longest = ref this;
            foreach (ref Queue other in Others.AsSpan())
            {
                if (other.Waiting > longest.Waiting)
                {
                    longest = ref other;
                }
            }

            longest.Waiting -= longest.Waiting > 0 ? 1u : 0;
            return longest.Inode;
        }
    }

    private readonly record struct Key(int Process, CloseWaitDirection Direction, IpEndpoint Endpoint, CloseWaitCause Cause);

    private struct Sums
    {
        internal long Count;
        internal TimeSpan Oldest;
        internal CloseWaitAges Aged;

        internal void Add(TimeSpan age)
        {
            Count++;
            Oldest = age > Oldest ? age : Oldest;
            Aged.Count(age);
        }
    }
}
