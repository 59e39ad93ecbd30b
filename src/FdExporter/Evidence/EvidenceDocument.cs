using FdExporter.Grouping;

namespace FdExporter.Evidence;

/// <summary>
/// The picture of one process that is written down, in the words of the API. What is not known is null; of what there is
/// none, there is no entry. The command line is left out, as it may hold secrets.
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
    /// <param name="Cause">Of those in CLOSE_WAIT, likewise; null where addresses are added up.</param>
    internal sealed record TcpItem(string State, string? Direction, string? Address, int Count, long? OldestSeconds, string? Cause = null);

    internal sealed record KindItem(string Type, string What, int Count, long? OldestSeconds);

    /// <param name="By">io_uring or in_flight.</param>
    internal sealed record HeldItem(string By, string? Type, string What, long Count, long? OldestSeconds);

    /// <param name="Kind">Of type other: what the kernel calls it.</param>
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

    /// <summary>In front of what is longer: see <see cref="EvidenceRoom.HeadLength"/>.</summary>
    public required ProcessItem Process { get; init; }

    /// <summary>All that is wrong with it at this moment, most important first.</summary>
    public required IReadOnlyList<FindingItem> Findings { get; init; }

    public required HandlesItem? FileHandles { get; init; }

    /// <summary>False where its descriptors may not be looked into: then all that follows is null.</summary>
    public required bool Visible { get; init; }

    /// <summary>Whether time ran out before the last descriptor.</summary>
    public required bool? CutShort { get; init; }

    /// <summary>Descriptors that are in <see cref="Fds"/> only, there being more than can be looked at one by one.</summary>
    public required int? Unlisted { get; init; }

    /// <summary>By type.</summary>
    public required IReadOnlyDictionary<string, int>? Fds { get; init; }

    /// <summary>Each socket that a listed descriptor leads to, once.</summary>
    public required IReadOnlyDictionary<string, int>? SocketsByProtocol { get; init; }

    /// <summary>Each TCP socket that it owns, once, as in the API; null also where not all descriptors could be listed.</summary>
    public required IReadOnlyDictionary<string, int>? TcpSocketsByState { get; init; }

    /// <summary>Largest first; beyond a hundred kinds added up as <c>other</c>.</summary>
    public required IReadOnlyList<OneLine>? TcpSocketsByAddress { get; init; }

    /// <summary>Likewise.</summary>
    public required IReadOnlyList<OneLine>? Kinds { get; init; }

    /// <summary>What it holds and has no descriptor of: registered with an io_uring, or sent to it and not received. Likewise.</summary>
    public required IReadOnlyList<OneLine>? HeldWithoutDescriptor { get; init; }

    public required int? DescriptorsTotal { get; init; }

    public required int? DescriptorsListed { get; init; }

    /// <summary>All of them, or as many as there is room for, evenly taken from the first to the last.</summary>
    public required IReadOnlyList<OneLine>? Descriptors { get; init; }
}
