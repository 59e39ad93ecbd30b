using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Connections;

/// <summary>
/// The sockets of one scan whose addresses are needed: those in CLOSE_WAIT, with what is remembered of them, and listeners. Reused by each
/// scan.
/// </summary>
internal sealed class ConnectionTable(TimeProvider time)
{
    /// <summary>A process of each namespace, the namespace's id and the age of its rows, in reading order.</summary>
    private readonly List<(ProcFolder Process, ulong Id, TimeSpan Age)> _namespaces = [];
    private int _closeWaitBefore;
    private int _listenersBefore;
    private int _nextListener;

    /// <summary>What is known of each of <see cref="CloseWait"/>, in the same order.</summary>
    internal CloseWaitRecords Records { get; } = new(time);

    internal RowBuffer<CloseWaitRow> CloseWait { get; } = new();

    internal RowBuffer<ListenerRow> Listeners { get; } = new();

    /// <summary>Those of the current namespace.</summary>
    internal ReadOnlySpan<CloseWaitRow> NewCloseWait => CloseWait.Span[_closeWaitBefore..];

    /// <summary>Those of the current namespace.</summary>
    internal ReadOnlySpan<ListenerRow> NewListeners => Listeners.Span[_listenersBefore..];

    /// <summary>Number of namespaces begun in this scan.</summary>
    internal int Namespaces => _namespaces.Count;

    /// <summary>A process or thread in the namespace of a row.</summary>
    internal ProcFolder ProcessIn(int netns) => _namespaces[netns].Process;

    /// <summary>Age of the rows of a namespace; zero also if they are known to be unchanged.</summary>
    internal TimeSpan AgeOf(int netns) => _namespaces[netns].Age;

    /// <summary>A scan begins: forgets everything except what is remembered of sockets.</summary>
    /// <param name="forOwners">Whether causes and owners of the sockets will be needed.</param>
    internal void Begin(bool forOwners)
    {
        Records.Begin(forOwners);
        _namespaces.Clear();
        CloseWait.Clear();
        Listeners.Clear();
    }

    internal void BeginNamespace(ulong id, ProcFolder process, TimeSpan age)
    {
        _namespaces.Add((process, id, age));
        Records.BeginNamespace();
        Keep();
    }

    /// <summary>Keeps the sockets added so far, even if the reading of the next namespace restarts.</summary>
    internal void Keep() => (_closeWaitBefore, _listenersBefore, _nextListener) = (CloseWait.Count, Listeners.Count, 0);

    /// <summary>Forgets the sockets added since <see cref="Keep"/>.</summary>
    internal void Restart()
    {
        CloseWait.Truncate(_closeWaitBefore);
        Records.Truncate(_closeWaitBefore);
        Listeners.Truncate(_listenersBefore);
    }

    internal void AddCloseWait(in TcpSocket socket)
    {
        ref CloseWaitRow row = ref CloseWait.AddRow();
        row.Key = SocketKey.Of(in socket, _namespaces[^1].Id);
        row.RemoteHigh = socket.Remote.AddressHigh;
        row.RemoteLow = socket.Remote.AddressLow;
        row.LocalHigh = socket.Local.AddressHigh;
        row.LocalLow = socket.Local.AddressLow;
        row.Inode = (uint)socket.Inode;
        row.Interface = socket.Interface;
        row.Namespace = _namespaces.Count - 1;
        row.ReceiveQueue = socket.ReceiveQueue;
        row.SendQueue = socket.SendQueue;
        row.RemotePort = socket.Remote.Port;
        row.LocalPort = socket.Local.Port;
        row.IsMptcp = socket.IsMptcp;
        Records.Visit(row.Key, in socket);
    }

    internal void AddListener(in TcpSocket socket)
        => Listeners.Add(new ListenerRow((uint)socket.Inode, socket.ReceiveQueue, socket.Local, socket.Interface, _namespaces.Count - 1)
        {
            Cookie = socket.Cookie,
            Backlog = socket.Cookie is null ? null : socket.SendQueue,
        });

    /// <summary>Adds the drops of a listener; the listeners arrive in the order in which they were added.</summary>
    internal void AnswerListener(in TcpSocket socket)
    {
        int count = Listeners.Count - _listenersBefore;
        for (int i = 0; i < count; i++)
        {
            int at = _listenersBefore + ((_nextListener + i) % count);
            if (Listeners[at].Cookie == socket.Cookie)
            {
                Listeners[at].Drops = socket.Drops;
                _nextListener = at - _listenersBefore + 1;
                return;
            }
        }
    }

    /// <summary>Takes the kernel's answer about an added socket.</summary>
    internal void Answer(in TcpSocket socket) => Records.Answer(SocketKey.Of(in socket, _namespaces[^1].Id), in socket);

    /// <summary>Adds the sockets from an earlier reading of the namespace.</summary>
    internal void Carry(ReadOnlySpan<CloseWaitRow> closeWait, ReadOnlySpan<ListenerRow> listeners)
    {
        int netns = _namespaces.Count - 1;
        foreach (ref readonly CloseWaitRow row in closeWait)
        {
            CloseWait.Add(row with { Namespace = netns });
            Records.Carry(row.Key);
        }

        foreach (ref readonly ListenerRow listener in listeners)
        {
            Listeners.Add(listener with { Namespace = netns });
        }
    }
}
