using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>
/// The machine at one moment; the source of everything that users see. A part is null if its collector was not requested or failed; it is
/// never incomplete.
/// </summary>
internal sealed record HostSnapshot
{
    internal required DateTimeOffset TakenAt { get; init; }

    internal required ImmutableArray<CollectorOutcome> Outcomes { get; init; }

    internal FileHandles? FileHandles { get; init; }

    internal ProcessTable? Processes { get; init; }

    /// <summary>Groups that the rules name literally: they are known even without processes.</summary>
    internal IReadOnlyList<string> ExpectedGroups { get; init; } = [];

    internal ImmutableArray<TcpNamespace>? TcpNamespaces { get; init; }

    /// <summary>What the socket tables omit; null if only the host's namespace was read.</summary>
    internal TcpCoverage? TcpCoverage { get; init; }

    internal SocketOwnership? Ownership { get; init; }

    internal ImmutableArray<ListenerSample>? Listeners { get; init; }

    internal HostConnections? Connections { get; init; }

    internal FileUse? Files { get; init; }

    /// <summary>
    /// The limit by which the kernel has just refused the exporter a handle; null if it did not, or for a single inspection, which has no
    /// reserve.
    /// </summary>
    internal HandleLimit? HandlesRefused { get; init; }

    /// <summary>How many of the machine's processes can be seen, independent of the enabled collectors.</summary>
    internal Coverage Coverage { get; init; } = Coverage.Full;

    /// <summary>Whether processes are known to be missing from <see cref="Processes"/>, or their descriptors from all numbers.</summary>
    internal bool HidesProcesses => Processes is { } table && Coverage.HidesProcesses(table);

    internal required ExporterProcess Exporter { get; init; }

    internal required SourceInfo Sources { get; init; }
}
