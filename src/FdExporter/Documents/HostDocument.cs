using System.Text.Json.Serialization;
using FdExporter.Configuration;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Documents;

/// <summary>The machine. Unknown values are null.</summary>
internal sealed record HostDocument(
    DateTimeOffset TakenAt,
    string Host,
    string Version,
    HostDocument.Handles? FileHandles,
    IReadOnlyList<FindingDocument> Findings,
    IReadOnlyList<string> NotKnown,
    IReadOnlyList<HostDocument.Group>? Groups,
    IReadOnlyList<HostDocument.Namespace>? TcpNamespaces,
    HostDocument.Ports? EphemeralPorts,
    IReadOnlyList<HostDocument.Deleted>? DeletedFiles,
    HostDocument.InotifyUse? Inotify,
    IReadOnlyDictionary<string, long>? ProcessesByVisibility,
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
            snapshot.FileHandles is { } handles ? Handles.Of(handles, history) : null,
            [.. verdict.Findings.Select(FindingDocument.Of)],
            verdict.NotKnown,
            snapshot.Processes is null ? null : [.. host.Groups.Select(group => Group.Of(group, history))],
            host.Namespaces is { } namespaces ? [.. namespaces.Select(static each => new Namespace(each.Name, Counts.Of(each.Sockets)))] : null,
            snapshot.Connections?.Ports is { } ports ? new Ports(ports.Max, [.. ports.Destinations.Select(static each => new Destination(each.Address.ToString(), each.Used, each.TimeWait))]) : null,
            host.DeletedFiles is { } deleted ? [.. deleted.Select(static each => new Deleted(each.Group, each.Mountpoint, each.Bytes, Rounded.Ratio(each.Ratio)))] : null,
            host.InotifyUsers is { } users ? new InotifyUse(snapshot.Files?.MaxInotifyInstances, snapshot.Files?.MaxInotifyWatches, [.. users.Select(static each => new User(each.User, each.Instances, each.Watches))]) : null,
            snapshot.Processes is { } table ? Counts.Of(table) : null,
            snapshot.Ownership is { } ownership ? Counts.Of(ownership.Unattributed) : null,
            snapshot.Ownership?.UnwalkedProcesses,
            snapshot.TcpCoverage?.UnreadNamespaces,
            snapshot.TcpCoverage?.UnlistedSockets,
            [.. snapshot.Outcomes.Select(static each => new Collector(CollectorNames.Of(each.Collector), each.Success, Rounded.Seconds(each.Duration), each.Error?.Split('\n')[0]))],
            new Source(snapshot.Sources.Tcp, snapshot.Sources.FdCount));
    }

    /// <param name="Max">Null if it cannot be reached; then <paramref name="Unlimited"/> is true.</param>
    internal sealed record Handles(ulong Allocated, ulong? Max, bool Unlimited, ulong? NrOpen, double? GrowthPerHour)
    {
        internal static Handles Of(FileHandles handles, HostHistory history) => new(
            handles.Allocated,
            handles.IsBounded ? handles.Max : null,
            !handles.IsBounded,
            handles.NrOpen,
            Rounded.PerHour(history.GrowthOf(HistoryKey.SystemHandles)));
    }

    /// <param name="MaxProcessFdRatio">Null if no process has a known number of descriptors and a known limit.</param>
    internal sealed record Group(
        [property: JsonPropertyName("group")] string Name,
        long Processes,
        long? OpenFds,
        long? MaxProcessOpenFds,
        double? MaxProcessFdRatio,
        IReadOnlyDictionary<string, long>? Fds,
        IReadOnlyDictionary<string, long>? TcpSockets,
        IReadOnlyDictionary<string, long>? SocketsByProtocol,
        IReadOnlyDictionary<string, long>? UnixSockets,
        double? GrowthPerHour)
    {
        internal static Group Of(GroupSample group, HostHistory history) => new(
            group.Name,
            group.Processes,
            group.OpenFds,
            group.MaxProcessOpenFds,
            group is { MaxProcessFdRatio: 0, OpenFds: > 0 } ? null : Rounded.Ratio(group.MaxProcessFdRatio),
            group.Holdings is { } fds ? Counts.Of(fds.Types) : null,
            group.Holdings is { } sockets ? Counts.Of(sockets.Sockets) : null,
            group.Holdings is { } protocols ? Counts.Of(protocols.Protocols) : null,
            group.Holdings is { } unix ? Counts.Of(unix.Unix) : null,
            Rounded.PerHour(history.GrowthOf(HistoryKey.GroupFds(group.Name))));
    }

    internal sealed record Namespace(string Netns, IReadOnlyDictionary<string, long> TcpSockets);

    /// <param name="Max">Number of ports for one local and one remote address.</param>
    /// <param name="Destinations">Those that use most, most first.</param>
    internal sealed record Ports(int Max, IReadOnlyList<Destination> Destinations);

    internal sealed record Destination(string Address, int Used, int TimeWait);

    internal sealed record Deleted(string Group, string Mountpoint, long Bytes, double? Ratio);

    internal sealed record InotifyUse(ulong? MaxUserInstances, ulong? MaxUserWatches, IReadOnlyList<User> Users);

    internal sealed record User([property: JsonPropertyName("user")] string Name, long Instances, long? Watches);

    internal sealed record Collector([property: JsonPropertyName("collector")] string Name, bool Success, double DurationSeconds, string? Error);

    internal sealed record Source(string Tcp, string FdCount);
}
