using FdExporter.Linux.Sockets;

namespace FdExporter.Scanning.Connections;

/// <summary>Gives out the numbers.</summary>
internal sealed partial class AddressTable
{
    private ushort NumberOf(in Key key, ushort peerHash)
    {
        ref ushort place = ref PlaceOf(in key);
        if (place != 0)
        {
            _entries[place].NamespaceIndex = _namespaceIndex;
            return place;
        }

        if (_count >= Capacity - FirstOwn || (!key.IsInbound && _wasCrowded && _crowdBefore![peerHash] < MinShown))
        {
            if (!_isCrowded)
            {
                _isCrowded = true;
                Array.Clear(_crowd ??= new ushort[ushort.MaxValue + 1]);
            }

            _crowd![peerHash] += (ushort)(_crowd[peerHash] < ushort.MaxValue ? 1 : 0);
            return key.IsInbound ? OtherInbound : OtherOutbound;
        }

        if (!_free.TryPop(out ushort free))
        {
            free = (ushort)_used++;
            if (free == _entries.Length)
            {
                Array.Resize(ref _entries, Math.Min(Capacity, _entries.Length * 2));
            }
        }

        ref Entry entry = ref _entries[free];
        entry = new Entry { Key = key, NamespaceIndex = _namespaceIndex, Generation = entry.Generation + 1 };
        _count++;
        return place = free;
    }

    /// <summary>The place in the index of the key's number, or where it would be.</summary>
    private ref ushort PlaceOf(in Key key)
    {
        int slot = key.GetHashCode() & (_index.Length - 1);
        while (_index[slot] is not 0 and var number && !_entries[number].Key.Is(in key))
        {
            slot = (slot + 1) & (_index.Length - 1);
        }

        return ref _index[slot];
    }

    /// <summary>Frees the numbers of addresses that the last scan did not see, and if there are few left of those with few connections.</summary>
    private void FreeNumbers()
    {
        bool isTight = _count > Capacity * 3 / 4;
        int before = _count;
        for (int i = 0; i < _used; i++)
        {
            ref Entry entry = ref _entries[i];
            if (i >= FirstOwn && !entry.IsFree && (entry.Sockets == 0 || (isTight && entry is { Sockets: < MinShown, IsKept: false })))
            {
                entry.IsFree = true;
                _free.Push((ushort)i);
                _count--;
            }

            (entry.Sockets, entry.Ports, entry.TimeWait, entry.IsKept) = (0, 0, 0, false);
        }

        if (_count < before)
        {
            Array.Clear(_index);
            for (int i = FirstOwn; i < _used; i++)
            {
                if (!_entries[i].IsFree)
                {
                    PlaceOf(in _entries[i].Key) = (ushort)i;
                }
            }
        }
    }

    /// <param name="Endpoint">The peer if outbound, else the local port alone.</param>
    /// <param name="LocalHigh">The local address if outbound, since each has its own ephemeral ports.</param>
    internal readonly record struct Key(ulong Namespace, SocketEndpoint Endpoint, ulong LocalHigh, ulong LocalLow, uint Interface, bool IsInbound)
    {
        /// <summary>Faster than the generated comparison, which copies both: it runs for each socket.</summary>
        internal bool Is(in Key other)
            => Endpoint.AddressLow == other.Endpoint.AddressLow && Endpoint.AddressHigh == other.Endpoint.AddressHigh && Endpoint.Port == other.Endpoint.Port
                && LocalLow == other.LocalLow && LocalHigh == other.LocalHigh && Namespace == other.Namespace && Interface == other.Interface && IsInbound == other.IsInbound;

        /// <summary>What only root chooses may share a number with the port.</summary>
        public override int GetHashCode()
            => SeededHash.Of(Endpoint.AddressLow, LocalLow ^ LocalHigh ^ Namespace ^ ((ulong)Interface << 32) ^ ((ulong)Endpoint.Port << 48), Endpoint.AddressHigh);
    }

    internal struct Entry
    {
        internal Key Key;
        internal uint Generation;

        /// <summary>No address has this number.</summary>
        internal bool IsFree;

        /// <summary>Position in this scan of the namespace.</summary>
        internal int NamespaceIndex;

        /// <summary>Connections in this scan.</summary>
        internal int Sockets;

        /// <summary>Of these with an ephemeral local port, outbound only.</summary>
        internal int Ports;

        /// <summary>Of these in TIME_WAIT.</summary>
        internal int TimeWait;

        /// <summary>Rows with this number may be used by later scans.</summary>
        internal bool IsKept;
    }
}
