using FdExporter.Grouping;

namespace FdExporter.Evidence;

/// <summary>
/// The evidence on one process, with the names of the API. Unknown values are null; zero counts have no entry. The command line is left
/// out, as it may contain secrets.
/// </summary>
internal sealed record EvidenceDocument
{
    internal sealed record FindingItem(string Rule, string Severity, string Text, string Advice);

    internal sealed record HandlesItem(ulong Allocated, ulong Max);

    /// <param name="Process">The command name.</param>
    /// <param name="SoftLimit">Null also for "unlimited": then <paramref name="Unlimited"/> says so.</param>
    internal sealed record ProcessItem(
        int Pid,
        DateTimeOffset StartTime,
        string Group,
        string Process,
        string? User,
        string Unit,
        string ContainerId,
        string PodUid,
        long? OpenFds,
        ulong? SoftLimit,
        ulong? HardLimit,
        bool? Unlimited,
        double? GrowthPerHour);

    /// <param name="Address">As in <c>fd_close_wait_sockets</c>: the peer if outbound, the local port if inbound or listening.</param>
    /// <param name="Cause">For CLOSE_WAIT, likewise; null where addresses are added up.</param>
    internal sealed record TcpItem(string State, string? Direction, string? Address, int Count, long? OldestSeconds, string? Cause = null);

    internal sealed record KindItem(string Type, string What, int Count, long? OldestSeconds);

    /// <param name="By">io_uring or in_flight.</param>
    internal sealed record HeldItem(string By, string? Type, string What, long Count, long? OldestSeconds);

    /// <param name="Kind">For type other: the name that the kernel uses.</param>
    internal sealed record DescriptorItem(
        int Fd,
        string Type,
        string? Kind,
        string? Target,
        string? Protocol,
        string? State,
        string? Direction,
        string? Local,
        string? Remote,
        long? AgeSeconds,
        uint? ReceiveQueue,
        uint? SendQueue,
        string? Cause,
        int? Thread)
    {
        internal static DescriptorItem Of(in FdRow row) => new(
            row.Fd,
            row.Type,
            row.Kind,
            row.Target.Length == 0 ? null : row.Target,
            row.Protocol,
            row.State,
            row.Direction,
            row.Local,
            row.Remote,
            (long?)row.Age?.TotalSeconds,
            row.ReceiveQueue,
            row.SendQueue,
            row.Cause,
            row.Thread);
    }

    public required string Version { get; init; }

    public required string Host { get; init; }

    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>Before the long lists: see <see cref="EvidenceRoom.HeadLength"/>.</summary>
    public required ProcessItem Process { get; init; }

    /// <summary>Its findings at this moment, most important first.</summary>
    public required IReadOnlyList<FindingItem> Findings { get; init; }

    public required HandlesItem? FileHandles { get; init; }

    /// <summary>False where access to its descriptors is denied: then all following properties are null.</summary>
    public required bool Visible { get; init; }

    /// <summary>Whether the exporter ran out of time before the last descriptor.</summary>
    public required bool? CutShort { get; init; }

    /// <summary>Descriptors that are counted in <see cref="Fds"/> but not listed, because there are too many.</summary>
    public required int? Unlisted { get; init; }

    /// <summary>By type.</summary>
    public required IReadOnlyDictionary<string, int>? Fds { get; init; }

    /// <summary>Each socket of a listed descriptor, once.</summary>
    public required IReadOnlyDictionary<string, int>? SocketsByProtocol { get; init; }

    /// <summary>Each TCP socket that it owns, once, as in the API; null also where not all descriptors could be listed.</summary>
    public required IReadOnlyDictionary<string, int>? TcpSocketsByState { get; init; }

    /// <summary>Largest first; beyond a hundred kinds added up as <c>other</c>.</summary>
    public required IReadOnlyList<OneLine>? TcpSocketsByAddress { get; init; }

    /// <summary>Likewise.</summary>
    public required IReadOnlyList<OneLine>? Kinds { get; init; }

    /// <summary>Handles without a descriptor: registered with an io_uring, or sent to it and not received. Largest first, likewise.</summary>
    public required IReadOnlyList<OneLine>? HeldWithoutDescriptor { get; init; }

    public required int? DescriptorsTotal { get; init; }

    public required int? DescriptorsListed { get; init; }

    /// <summary>All of them, or as many as there is room for, evenly spread from the first to the last.</summary>
    public required IReadOnlyList<OneLine>? Descriptors { get; init; }
}
