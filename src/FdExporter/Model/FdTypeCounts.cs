using System.Runtime.CompilerServices;

namespace FdExporter.Model;

/// <summary>Descriptors by type. Unit: descriptors.</summary>
[InlineArray(Length)]
internal struct FdTypeCounts
{
    internal const int Length = 12;

    private int _first;

    internal int this[FdType type]
    {
        readonly get => this[(int)type];
        set => this[(int)type] = value;
    }

    internal void Add(in FdTypeCounts other)
    {
        for (int type = 0; type < Length; type++)
        {
            this[type] += other[type];
        }
    }
}
