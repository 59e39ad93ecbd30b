using System.Numerics;

namespace FdExporter.Scanning.Connections;

/// <summary>A set of ports: one bit for each, since it is queried for each socket.</summary>
internal sealed class PortSet
{
    private readonly ulong[] _bits = new ulong[(ushort.MaxValue + 1) / 64];

    internal bool Contains(ushort port) => (_bits[port >> 6] & (1ul << port)) != 0;

    internal void Add(ushort port) => _bits[port >> 6] |= 1ul << port;

    internal void Clear() => Array.Clear(_bits);

    /// <summary>Replaces the list by the ports of this set.</summary>
    internal void CopyTo(List<ushort> ports)
    {
        ports.Clear();
        for (int i = 0; i < _bits.Length; i++)
        {
            for (ulong bits = _bits[i]; bits != 0; bits &= bits - 1)
            {
                ports.Add((ushort)((i << 6) + BitOperations.TrailingZeroCount(bits)));
            }
        }
    }
}
