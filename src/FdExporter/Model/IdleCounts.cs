using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace FdExporter.Model;

/// <summary>
/// Established connections from which nothing has come for at least each of <see cref="Thresholds"/>, without and with keepalive. Unit:
/// sockets.
/// </summary>
[InlineArray(2 * Levels)]
internal struct IdleCounts
{
    internal const int Levels = 3;

    /// <summary>Indices of <see cref="Thresholds"/>.</summary>
    internal const int TenMinutes = 0;
    internal const int Hour = 1;
    internal const int Day = 2;

    private long _first;

    /// <summary>The values of the label <c>min_idle</c>. Unit: seconds.</summary>
    internal static ImmutableArray<int> Thresholds { get; } = [600, 3600, 86_400];

    /// <param name="level">Index of a threshold.</param>
    internal readonly long Of(int level, bool keepAlive) => this[(2 * level) + (keepAlive ? 1 : 0)];

    internal readonly long Of(int level) => this[2 * level] + this[(2 * level) + 1];

    /// <param name="levels">Number of thresholds that the connection has reached.</param>
    internal void Count(int levels, bool keepAlive)
    {
        for (int level = 0; level < levels; level++)
        {
            this[(2 * level) + (keepAlive ? 1 : 0)]++;
        }
    }

    internal void Add(in IdleCounts other)
    {
        for (int i = 0; i < 2 * Levels; i++)
        {
            this[i] += other[i];
        }
    }

    /// <summary>At most as many as there are connections now: some have ended since these were counted.</summary>
    internal readonly IdleCounts AtMost(long connections)
    {
        IdleCounts result = default;
        for (int level = 0; level < Levels; level++)
        {
            long without = Math.Min(this[2 * level], connections);
            (result[2 * level], result[(2 * level) + 1]) = (without, Math.Min(this[(2 * level) + 1], connections - without));
        }

        return result;
    }
}
