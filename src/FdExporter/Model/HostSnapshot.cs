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

    internal ImmutableArray<TcpNamespace>? TcpNamespaces { get; init; }

    /// <summary>What the tables of sockets leave out; null when only the host's namespace was read.</summary>
    internal TcpCoverage? TcpCoverage { get; init; }

    internal SocketOwnership? Ownership { get; init; }

    /// <summary>By which limit the kernel has just refused the exporter a handle; null where it did not, or a single look has no reserve.</summary>
    internal HandleLimit? HandlesRefused { get; init; }

    internal required ExporterProcess Exporter { get; init; }

    internal required SourceInfo Sources { get; init; }
}
