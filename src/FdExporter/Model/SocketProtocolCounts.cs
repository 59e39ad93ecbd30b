using System.Runtime.CompilerServices;

namespace FdExporter.Model;

/// <summary>Sockets by protocol. Unit: sockets.</summary>
[InlineArray(Length)]
internal struct SocketProtocolCounts
{
    internal const int Length = 14;

    private int _first;

    internal int this[SocketProtocol protocol]
    {
        readonly get => this[(int)protocol];
        set => this[(int)protocol] = value;
    }
}
