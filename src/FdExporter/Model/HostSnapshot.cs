using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>
/// The machine at one moment. Everything a user ever sees is computed from one of these. A part is null when its
/// collector was not asked for or failed; it is never half there.
/// </summary>
internal sealed record HostSnapshot
{
    internal required DateTimeOffset TakenAt { get; init; }

    internal required ImmutableArray<CollectorOutcome> Outcomes { get; init; }

    internal FileHandles? FileHandles { get; init; }

    internal ProcessTable? Processes { get; init; }

    /// <summary>Groups that the rules name literally: they are known while no process is in them.</summary>
    internal IReadOnlyList<string> ExpectedGroups { get; init; } = [];

    internal ImmutableArray<TcpNamespace>? TcpNamespaces { get; init; }

    /// <summary>What the tables of sockets leave out; null when only the host's namespace was read.</summary>
    internal TcpCoverage? TcpCoverage { get; init; }

    internal SocketOwnership? Ownership { get; init; }

    /// <summary>By which limit the kernel has just refused the exporter a handle; null where it did not, or a single look has no reserve.</summary>
    internal HandleLimit? HandlesRefused { get; init; }

    /// <summary>How much of the machine's processes can be seen, whichever collectors are on.</summary>
    internal Coverage Coverage { get; init; } = Coverage.Full;

    /// <summary>Whether processes are known to be missing from <see cref="Processes"/>, or their descriptors from every number.</summary>
    internal bool HidesProcesses => Processes is { } table && Coverage.HidesProcesses(table);

    internal required ExporterProcess Exporter { get; init; }

    internal required SourceInfo Sources { get; init; }
}
