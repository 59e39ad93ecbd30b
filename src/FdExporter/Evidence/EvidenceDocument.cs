using FdExporter.Grouping;

namespace FdExporter.Evidence;

/// <summary>
/// The picture of one process that is written down. What is not known is null; of what there is none, there is no entry.
/// The command line is left out, as it may hold secrets.
/// </summary>
internal sealed record EvidenceDocument
{
    internal sealed record FindingItem(string Rule, string Severity, string Text, string Advice);

    internal sealed record MachineItem(ulong FileHandlesAllocated, ulong FileHandlesMax);

    /// <param name="Limits">Null where they may not be read.</param>
    internal sealed record ProcessItem(
        int Pid,
        DateTimeOffset StartTime,
        string Comm,
        string Group,
        string User,
        string Unit,
        string Container,
        string Pod,
        LimitsItem? Limits,
        long? OpenFds,
        double? GrowthPerHour);

    /// <summary>Unit: descriptors; null is "unlimited".</summary>
    internal sealed record LimitsItem(ulong? Soft, ulong? Hard);

    /// <param name="Endpoint">As in <c>fd_close_wait_sockets</c>: the peer if outbound, the local port if inbound or listening.</param>
    internal sealed record TcpItem(string State, string? Direction, string? Endpoint, int Count, long? OldestSeconds);

    internal sealed record GroupItem(string Type, string What, int Count, long? OldestSeconds);

    internal sealed record DescriptorItem(
        int Fd,
        string Type,
        string? Target,
        string? Protocol,
        string? State,
        string? Direction,
        string? Local,
        string? Remote,
        long? AgeSeconds,
        uint? ReceiveQueue,
        uint? SendQueue)
    {
        internal static DescriptorItem Of(in FdRow row) => new(
            row.Fd,
            row.Type,
            row.Target.Length == 0 ? null : row.Target,
            row.Protocol,
            row.State,
            row.Direction,
            row.Local,
            row.Remote,
            (long?)row.Age?.TotalSeconds,
            row.ReceiveQueue,
            row.SendQueue);
    }

    public required string ExporterVersion { get; init; }

    public required string Host { get; init; }

    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>All that is wrong with it at this moment, most important first.</summary>
    public required IReadOnlyList<FindingItem> Findings { get; init; }

    public required MachineItem? Machine { get; init; }

    public required ProcessItem Process { get; init; }

    /// <summary>Whether every descriptor was looked at; else what follows is of those that were, and null where none may be.</summary>
    public required bool IsComplete { get; init; }

    public required IReadOnlyDictionary<string, int>? FdsByType { get; init; }

    public required IReadOnlyDictionary<string, int>? SocketsByProtocol { get; init; }

    public required IReadOnlyDictionary<string, int>? TcpByState { get; init; }

    /// <summary>Largest first; beyond a hundred kinds added up as <c>other</c>.</summary>
    public required IReadOnlyList<OneLine>? TcpByEndpoint { get; init; }

    /// <summary>Likewise.</summary>
    public required IReadOnlyList<OneLine>? Groups { get; init; }

    public required int? DescriptorsTotal { get; init; }

    public required int DescriptorsListed { get; init; }

    /// <summary>All of them, or as many as there is room for, evenly taken from the first to the last.</summary>
    public required IReadOnlyList<OneLine> Descriptors { get; init; }
}
