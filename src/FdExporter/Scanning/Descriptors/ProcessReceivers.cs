namespace FdExporter.Scanning.Descriptors;

/// <summary>The Unix sockets of one process whose queues contain descriptors not received yet.</summary>
internal sealed class ProcessReceivers
{
    private readonly List<(int Fd, ulong Inode, long Count)> _sockets = [];

    /// <summary>Total of all its sockets.</summary>
    internal long Count { get; private set; }

    /// <summary>Stamp of the entries of sockets in flight to it; 0 while none are known.</summary>
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

    /// <summary>Whether everything in flight to the other is also in flight to this one: after fork both have the sockets.</summary>
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
