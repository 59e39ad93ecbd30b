using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>The TCP states that have a series: each appears when it is first seen, and stays, with 0, while its owner lives.</summary>
internal readonly record struct ShownStates
{
    private readonly int _bits;

    private ShownStates(int bits) => _bits = bits;

    internal static ShownStates All { get; } = new((1 << TcpStateCounts.Length) - 1);

    internal bool Contains(TcpState state) => (_bits & (1 << (int)state)) != 0;

    /// <summary>Adds the states of the current sockets.</summary>
    internal ShownStates With(in TcpStateCounts sockets)
    {
        int bits = _bits;
        for (int state = 0; state < TcpStateCounts.Length; state++)
        {
            bits |= sockets[state] > 0 ? 1 << state : 0;
        }

        return new ShownStates(bits);
    }
}
