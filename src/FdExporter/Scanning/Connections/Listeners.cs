using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FdExporter.Linux.Sockets;

namespace FdExporter.Scanning.Connections;

/// <summary>
/// Finds the listener of a connection as the kernel does: first by address and port, then by port only; first on the interface of the
/// connection, then on any.
/// </summary>
internal sealed class Listeners
{
    private readonly Dictionary<Place, Queue> _queues = [];

    internal void Clear() => _queues.Clear();

    /// <param name="waiting">Connections in its accept queue.</param>
    internal void Add(int netns, in SocketEndpoint local, uint @interface, uint inode, uint waiting)
    {
        Queue queue = new(inode, @interface, waiting, null);
        ref Queue first = ref CollectionsMarshal.GetValueRefOrAddDefault(_queues, new Place(netns, local, @interface), out bool isShared);

        // SO_REUSEPORT: each listener has its own queue.
        first = isShared ? first with { Others = [.. first.Others ?? [], queue] } : queue;
    }

    /// <summary>Whether there is a listener for this local end.</summary>
    internal bool Has(int netns, in SocketEndpoint local, uint @interface) => !Unsafe.IsNullRef(ref Find(netns, local, @interface));

    /// <summary>The listener of an accepted connection, and the interface that it is bound to; (0, 0) if it no longer exists.</summary>
    internal (uint Inode, uint Interface) Of(int netns, in SocketEndpoint local, uint @interface)
    {
        ref Queue queue = ref Find(netns, local, @interface);
        return Unsafe.IsNullRef(ref queue) ? default : (queue.Inode, queue.Interface);
    }

    /// <summary>
    /// Inode of the listener in whose queue a connection waits; 0 if it no longer exists. Counts one waiting connection less in that queue.
    /// </summary>
    internal uint TakeFromQueue(int netns, in SocketEndpoint local, uint @interface)
    {
        ref Queue queue = ref Find(netns, local, @interface);
        return Unsafe.IsNullRef(ref queue) ? 0 : queue.Take();
    }

    private ref Queue Find(int netns, in SocketEndpoint local, uint @interface)
    {
        ref Queue queue = ref FindAt(netns, local, @interface);
        if (Unsafe.IsNullRef(ref queue) && local.IsIPv4)
        {
            queue = ref FindAt(netns, SocketEndpoint.FromIPv4(0, local.Port), @interface);
        }

        if (Unsafe.IsNullRef(ref queue))
        {
            queue = ref FindAt(netns, new SocketEndpoint(0, 0, local.Port), @interface);
        }

        return ref queue;
    }

    private ref Queue FindAt(int netns, SocketEndpoint local, uint @interface)
    {
        ref Queue queue = ref CollectionsMarshal.GetValueRefOrNullRef(_queues, new Place(netns, local, @interface));
        if (Unsafe.IsNullRef(ref queue) && @interface != 0)
        {
            queue = ref CollectionsMarshal.GetValueRefOrNullRef(_queues, new Place(netns, local, 0));
        }

        return ref queue;
    }

    private readonly record struct Place(int Namespace, SocketEndpoint Local, uint Interface);

    /// <summary>
    /// The accept queue of a listener. For several queues of one address the kernel reports how many connections wait in each, but not which:
    /// connections are distributed by these numbers.
    /// </summary>
    private record struct Queue(uint Inode, uint Interface, uint Waiting, Queue[]? Others)
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
}
