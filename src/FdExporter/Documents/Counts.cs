using System.Collections.Immutable;
using System.Globalization;
using FdExporter.Model;

namespace FdExporter.Documents;

/// <summary>Numbers by name, without zeros.</summary>
internal static class Counts
{
    private static readonly ImmutableArray<string> s_idle = [.. IdleCounts.Thresholds.Select(static seconds => seconds.ToString(CultureInfo.InvariantCulture))];

    internal static IReadOnlyDictionary<string, long> Of(in TcpStateCounts counts) => Named(TcpStateNames.All, counts);

    internal static IReadOnlyDictionary<string, long> Of(in FdTypeCounts counts) => Named(FdTypeNames.All, counts);

    internal static IReadOnlyDictionary<string, long> Of(in SocketProtocolCounts counts) => Named(SocketProtocolNames.All, counts);

    internal static IReadOnlyDictionary<string, long> Of(in UnixSocketStateCounts counts) => Named(UnixSocketStates.All, counts);

    internal static IReadOnlyDictionary<string, long> Of(in CloseWaitCauseCounts counts) => Named(CloseWaitCauseNames.All, counts);

    internal static IReadOnlyDictionary<string, long> Of(in UnansweredCounts counts) => Named(UnansweredCauseNames.All, counts);

    /// <summary>By threshold in seconds.</summary>
    /// <param name="isOfAll">False for those without keepalive.</param>
    internal static IReadOnlyDictionary<string, long> Of(in IdleCounts counts, bool isOfAll)
    {
        Span<long> levels = stackalloc long[IdleCounts.Levels];
        for (int level = 0; level < levels.Length; level++)
        {
            levels[level] = isOfAll ? counts.Of(level) : counts.Of(level, keepAlive: false);
        }

        return Named(s_idle, levels);
    }

    /// <summary>By visibility.</summary>
    internal static IReadOnlyDictionary<string, long> Of(ProcessTable processes) => Named(
        ["full", "count_only", "none"],
        [processes.CountOf(ProcessVisibility.Full), processes.CountOf(ProcessVisibility.CountOnly), processes.CountOf(ProcessVisibility.None)]);

    private static SortedDictionary<string, long> Named(ImmutableArray<string> names, ReadOnlySpan<long> counts)
    {
        SortedDictionary<string, long> named = new(StringComparer.Ordinal);
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] != 0)
            {
                named.Add(names[i], counts[i]);
            }
        }

        return named;
    }

    private static SortedDictionary<string, long> Named(ImmutableArray<string> names, ReadOnlySpan<int> counts)
    {
        long[] wide = new long[counts.Length];
        for (int i = 0; i < counts.Length; i++)
        {
            wide[i] = counts[i];
        }

        return Named(names, wide);
    }
}
