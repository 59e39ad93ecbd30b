namespace FdExporter.Scanning.Descriptors;

/// <summary>The Unix sockets of one process in whose queues descriptors wait that it has not received.</summary>
internal sealed class ProcessReceivers
{
    private readonly List<(int Fd, ulong Inode, long Count)> _sockets = [];

    /// <summary>Of all of its sockets.</summary>
    internal long Count { get; private set; }

    /// <summary>The stamp that sockets in flight to it are entered with; 0 while it is not known that there are any.</summary>
    internal uint Stamp { get; set; }

    internal int Sockets => _sockets.Count;

    internal (int Fd, long Count) this[int index]
    {
        get => (_sockets[index].Fd, _sockets[index].Count);
        set
        {
            Count += value.Count - _sockets[index].Count;
            _sockets[index] = _sockets[index] with { Count = value.Count };
        }
    }

    internal void Clear()
    {
        _sockets.Clear();
        Count = 0;
    }

    /// <summary>A second descriptor of one socket has the same queue.</summary>
    internal void Add(int fd, ulong inode, long count)
    {
        if (!Has(inode))
        {
            _sockets.Add((fd, inode, count));
            Count += count;
        }
    }

    /// <summary>Whether all that is in flight to the other is in flight to this one as well: after fork both have the sockets.</summary>
    internal bool Covers(ProcessReceivers other)
    {
        foreach ((_, ulong inode, long count) in other._sockets)
        {
            if (count > 0 && !Has(inode))
            {
                return false;
            }
        }

        return true;
    }

    private bool Has(ulong inode)
    {
        foreach ((_, ulong known, _) in _sockets)
        {
            if (known == inode)
            {
                return true;
            }
        }

        return false;
    }
}
