using FdExporter.Configuration;
using FdExporter.Diagnosis;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Web.Api;

/// <summary>The machine. What is not known is null.</summary>
internal sealed record HostDocument(
    DateTimeOffset TakenAt,
    string Host,
    string Version,
    HostDocument.Handles? FileHandles,
    IReadOnlyList<FindingDocument> Findings,
    IReadOnlyList<string> NotKnown,
    IReadOnlyList<HostDocument.Group>? Groups,
    IReadOnlyList<HostDocument.Namespace>? TcpNamespaces,
    IReadOnlyDictionary<string, int>? Processes,
    IReadOnlyDictionary<string, long>? UnattributedSockets,
    int? UnwalkedProcesses,
    int? UnreadNamespaces,
    long? UnlistedSockets,
    IReadOnlyList<HostDocument.Collector> Collectors,
    HostDocument.Source Sources)
{
    internal static HostDocument Of(GroupedHost host, HostHistory history, Verdict verdict)
    {
        HostSnapshot snapshot = host.Snapshot;
        return new HostDocument(
            snapshot.TakenAt,
            Environment.MachineName,
            BuildInfo.Version,
            snapshot.FileHandles is { } handles
                ? new Handles(handles.Allocated, handles.Max, handles.NrOpen, history.GrowthOf(HistoryKey.SystemHandles)?.PerHour)
                : null,
            [.. verdict.Findings.Select(FindingDocument.Of)],
            verdict.NotKnown,
            snapshot.Processes is null ? null : [.. host.Groups.Select(group => Group.Of(group, history))],
            host.Namespaces is { } namespaces ? [.. namespaces.Select(static each => new Namespace(each.Name, Counts.Of(each.Sockets)))] : null,
            snapshot.Processes is { } table
                ? new Dictionary<string, int>
                {
                    ["full"] = table.CountOf(ProcessVisibility.Full),
                    ["count_only"] = table.CountOf(ProcessVisibility.CountOnly),
                    ["none"] = table.CountOf(ProcessVisibility.None),
                }
                : null,
            snapshot.Ownership is { } ownership ? Counts.Of(ownership.Unattributed) : null,
            snapshot.Ownership?.UnwalkedProcesses,
            snapshot.TcpCoverage?.UnreadNamespaces,
            snapshot.TcpCoverage?.UnlistedSockets,
            [.. snapshot.Outcomes.Select(static each => new Collector(CollectorNames.Of(each.Collector), each.Success, each.Duration.TotalSeconds, each.Error?.Split('\n')[0]))],
            new Source(snapshot.Sources.Tcp, snapshot.Sources.FdCount));
    }

    internal sealed record Handles(ulong Allocated, ulong Max, ulong? NrOpen, double? GrowthPerHour);

    internal sealed record Group(
        [property: System.Text.Json.Serialization.JsonPropertyName("group")] string Name,
        long Processes,
        long? OpenFds,
        long? MaxProcessOpenFds,
        double? MaxProcessFdRatio,
        IReadOnlyDictionary<string, long>? Fds,
        IReadOnlyDictionary<string, long>? TcpSockets,
        double? GrowthPerHour)
    {
        internal static Group Of(GroupSample group, HostHistory history) => new(
            group.Name,
            group.Processes,
            group.OpenFds,
            group.MaxProcessOpenFds,
            group.MaxProcessFdRatio,
            group.Holdings is { } fds ? Counts.Of(fds.Types) : null,
            group.Holdings is { } sockets ? Counts.Of(sockets.Sockets) : null,
            history.GrowthOf(HistoryKey.GroupFds(group.Name))?.PerHour);
    }

    internal sealed record Namespace(string Netns, IReadOnlyDictionary<string, long> Sockets);

    internal sealed record Collector([property: System.Text.Json.Serialization.JsonPropertyName("collector")] string Name, bool Success, double DurationSeconds, string? Error);

    internal sealed record Source(string Tcp, string FdCount);
}
