using System.Runtime.CompilerServices;

namespace FdExporter.Model;

/// <summary>Sockets by state. Unit: sockets.</summary>
[InlineArray(Length)]
internal struct TcpStateCounts
{
    internal const int Length = 11;

    private long _first;

    internal long this[TcpState state]
    {
        readonly get => this[(int)state];
        set => this[(int)state] = value;
    }

    internal readonly long Total
    {
        get
        {
            long total = 0;
            for (int state = 0; state < Length; state++)
            {
                total += this[state];
            }

            return total;
        }
    }

    internal void Add(in TcpStateCounts other)
    {
        for (int state = 0; state < Length; state++)
        {
            this[state] += other[state];
        }
    }
}
