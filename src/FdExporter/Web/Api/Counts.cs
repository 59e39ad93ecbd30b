using System.Collections.Immutable;
using FdExporter.Model;

namespace FdExporter.Web.Api;

/// <summary>Numbers by name; only those that are not 0.</summary>
internal static class Counts
{
    internal static IReadOnlyDictionary<string, long> Of(in TcpStateCounts counts) => Named(TcpStateNames.All, counts);

    internal static IReadOnlyDictionary<string, long> Of(in FdTypeCounts counts) => Named(FdTypeNames.All, counts);

    internal static IReadOnlyDictionary<string, long> Of(in SocketProtocolCounts counts) => Named(SocketProtocolNames.All, counts);

    internal static IReadOnlyDictionary<string, long> Of(in CloseWaitCauseCounts counts) => Named(CloseWaitCauseNames.All, counts);

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
