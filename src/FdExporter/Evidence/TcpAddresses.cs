using System.Runtime.InteropServices;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Evidence;

/// <summary>The TCP sockets of one process by state, cause and address.</summary>
internal static class TcpAddresses
{
    /// <summary>Maximum number of rows; the rest is added up by state.</summary>
    private const int MaxAddresses = 100;

    /// <summary>Largest first; the sums of the rest last.</summary>
    internal static IReadOnlyList<EvidenceDocument.TcpItem> Of(IEnumerable<FdRow> rows)
    {
        List<EvidenceDocument.TcpItem> items = Sum(rows
            .Where(static row => row is { Protocol: "tcp", State: not null })
            .Select(static row => new EvidenceDocument.TcpItem(row.State!, row.Direction, AddressOf(in row), 1, (long?)row.Age?.TotalSeconds, row.Cause)));
        return items.Count <= MaxAddresses ? items :
        [
            .. items[..MaxAddresses],
            .. Sum(items[MaxAddresses..].Select(static item => item with { Cause = null, Direction = null, Address = ReservedNames.Other })),
        ];
    }

    private static List<EvidenceDocument.TcpItem> Sum(IEnumerable<EvidenceDocument.TcpItem> items)
    {
        Dictionary<(string, string?, string?, string?), EvidenceDocument.TcpItem> sums = [];
        foreach (EvidenceDocument.TcpItem item in items)
        {
            ref EvidenceDocument.TcpItem? sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, (item.State, item.Cause, item.Direction, item.Address), out _);
            sum = sum is null ? item : sum with
            {
                Count = sum.Count + item.Count,
                OldestSeconds = sum.OldestSeconds > item.OldestSeconds || item.OldestSeconds is null ? sum.OldestSeconds : item.OldestSeconds,
            };
        }

        return [.. sums.Values
            .OrderByDescending(static item => item.Count)
            .ThenBy(static item => item.State, StringComparer.Ordinal)
            .ThenBy(static item => item.Address, StringComparer.Ordinal)
            .ThenBy(static item => item.Cause, StringComparer.Ordinal)];
    }

    private static string? AddressOf(in FdRow row)
        => row is { Direction: "inbound", Local: { } local } ? local[local.LastIndexOf(':')..]
            : row.Direction == "outbound" ? row.Remote
            : row.Local;
}
