
namespace FdExporter.Configuration;

/// <summary>Validated flags of the server.</summary>
internal sealed record ExporterOptions
{
    internal required IReadOnlyList<ListenAddress> ListenAddresses { get; init; }

    /// <summary>Whether to serve on the sockets that systemd passes, and on no address.</summary>
    internal required bool SystemdSocket { get; init; }

    internal required string TelemetryPath { get; init; }

    /// <summary>URL of the exporter for browsers, without a trailing slash; null for the first listener.</summary>
    internal required string? ExternalUrl { get; init; }

    /// <summary>Web configuration with TLS and passwords; null for plain HTTP without passwords.</summary>
    internal required string? WebConfigFile { get; init; }

    /// <summary>File with the rules that name groups; null to group programs by their own names.</summary>
    internal required string? RuleFile { get; init; }

    /// <summary>Whether a POST request may reload the rules.</summary>
    internal required bool EnableLifecycle { get; init; }

    /// <summary>Whether pages and API show command lines, which may contain secrets, to all clients.</summary>
    internal required bool ShowCommandLines { get; init; }

    /// <summary>Whether they show paths of open files to all clients.</summary>
    internal required bool ShowPaths { get; init; }

    /// <summary>Whether they show addresses of a process's clients to all clients.</summary>
    internal required bool ShowClients { get; init; }

    /// <summary>Maximum number of concurrent scrapes; further ones get 503.</summary>
    internal required int MaxRequests { get; init; }

    /// <summary>Offset to subtract from the timeout sent by Prometheus.</summary>
    internal required TimeSpan TimeoutOffset { get; init; }

    internal required string ProcFsRoot { get; init; }

    /// <summary>Folder in which the kubelet keeps the logs of pods, for their names.</summary>
    internal required string PodLogs { get; init; }

    internal required IReadOnlySet<string> Collectors { get; init; }

    /// <summary>Report the number of file handles from this value on.</summary>
    internal required int SystemHandlesThreshold { get; init; }

    /// <summary>Report a program's sockets in CLOSE_WAIT from this number on.</summary>
    internal required int CloseWaitThreshold { get; init; }

    internal required int TopProcesses { get; init; }

    internal required int MaxGroups { get; init; }

    internal required int TopEndpoints { get; init; }

    internal required int TopConnections { get; init; }

    internal required int MaxNamespaces { get; init; }

    /// <summary>Younger ones are added up in <c>other</c>, unless they hold much.</summary>
    internal required TimeSpan NameAge { get; init; }

    /// <summary>Groups that have series of their own.</summary>
    internal NameFilter Groups { get; init; } = NameFilter.All;

    /// <summary>Network namespaces, beside the host's, that have series of their own.</summary>
    internal NameFilter Namespaces { get; init; } = NameFilter.All;

    /// <summary>Folder for evidence; null to write none.</summary>
    internal required string? EvidenceDirectory { get; init; }

    /// <summary>Maximum number of evidence files.</summary>
    internal required int EvidenceMaxFiles { get; init; }

    /// <summary>Whether to drop privileges that no collector needs.</summary>
    internal required bool DropPrivileges { get; init; }

    internal required LogLevel LogLevel { get; init; }

    internal required LogFormat LogFormat { get; init; }
}
