using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace FdExporter.Model;

/// <summary>Sockets by minimum age, one number for each of <see cref="Thresholds"/>.</summary>
[InlineArray(Length)]
internal struct CloseWaitAges
{
    internal const int Length = 3;

    /// <summary>Indices of <see cref="Thresholds"/>.</summary>
    internal const int Minute = 0;
    internal const int TenMinutes = 1;
    internal const int Hour = 2;

    private long _first;

    /// <summary>The values of the label <c>min_age</c>. Unit: seconds.</summary>
    internal static ImmutableArray<int> Thresholds { get; } = [60, 600, 3600];

    internal void Count(TimeSpan age)
    {
        for (int i = 0; i < Length; i++)
        {
            this[i] += age.Ticks >= Thresholds[i] * TimeSpan.TicksPerSecond ? 1 : 0;
        }
    }

    internal void Add(in CloseWaitAges other)
    {
        for (int i = 0; i < Length; i++)
        {
            this[i] += other[i];
        }
    }
}
