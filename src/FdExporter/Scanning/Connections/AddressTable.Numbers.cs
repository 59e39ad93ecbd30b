using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FdExporter.Linux.Sockets;

namespace FdExporter.Scanning.Connections;

/// <summary>Gives out the numbers.</summary>
internal sealed partial class AddressTable
{
    private ushort NumberOf(in Key key, ushort peerHash)
    {
        ref ushort number = ref CollectionsMarshal.GetValueRefOrNullRef(_numbers, key);
        if (!Unsafe.IsNullRef(ref number))
        {
            _entries[number].NamespaceIndex = _namespaceIndex;
            return number;
        }

        if (_numbers.Count >= Capacity - FirstOwn || (!key.IsInbound && _wasCrowded && _crowdBefore![peerHash] < MinShown))
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
        _numbers.Add(key, free);
        return free;
    }

    /// <param name="Endpoint">The peer if outbound, else the local port alone.</param>
    /// <param name="LocalHigh">The local address if outbound, since each has its own ephemeral ports.</param>
    internal readonly record struct Key(ulong Namespace, SocketEndpoint Endpoint, ulong LocalHigh, ulong LocalLow, uint Interface, bool IsInbound)
    {
        /// <summary>Uses the fields that distinguish most keys: it runs for each socket.</summary>
        public override int GetHashCode()
            => (int)((((Endpoint.AddressLow * 31) ^ Endpoint.AddressHigh ^ Endpoint.Port ^ ((ulong)Interface << 32) ^ (LocalLow << 16) ^ Namespace) * 0x9E3779B97F4A7C15) >> 32);
    }

    internal struct Entry
    {
        internal Key Key;
        internal uint Generation;

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
