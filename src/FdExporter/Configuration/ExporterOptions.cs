
namespace FdExporter.Configuration;

/// <summary>What the flags of the serving exporter say. Each has been checked.</summary>
internal sealed record ExporterOptions
{
    internal required IReadOnlyList<ListenAddress> ListenAddresses { get; init; }

    /// <summary>Whether to serve on the sockets that systemd passes, and on no address.</summary>
    internal required bool SystemdSocket { get; init; }

    internal required string TelemetryPath { get; init; }

    /// <summary>Where a browser reaches the exporter, without a slash at its end; null for the first listener.</summary>
    internal required string? ExternalUrl { get; init; }

    /// <summary>The file that says how the port is guarded; null for plain HTTP without passwords.</summary>
    internal required string? WebConfigFile { get; init; }

    /// <summary>The file with the rules that name groups; null to call programs by their own names.</summary>
    internal required string? RuleFile { get; init; }

    /// <summary>Whether a POST may tell the exporter to read the rules again.</summary>
    internal required bool EnableLifecycle { get; init; }

    /// <summary>Whether pages and API show command lines, which may hold secrets, to everybody.</summary>
    internal required bool ShowCommandLines { get; init; }

    /// <summary>Whether they show paths of open files to everybody.</summary>
    internal required bool ShowPaths { get; init; }

    /// <summary>Likewise addresses of a process's clients.</summary>
    internal required bool ShowClients { get; init; }

    /// <summary>Scrapes at once; one more is turned away.</summary>
    internal required int MaxRequests { get; init; }

    /// <summary>What a scan leaves of Prometheus's scrape timeout for the way back.</summary>
    internal required TimeSpan TimeoutOffset { get; init; }

    internal required string ProcFsRoot { get; init; }

    internal required IReadOnlySet<string> Collectors { get; init; }

    /// <summary>File handles of the machine from which on the verdict speaks of them.</summary>
    internal required int SystemHandlesThreshold { get; init; }

    /// <summary>The verdict reports a program's sockets in CLOSE_WAIT from this number on.</summary>
    internal required int CloseWaitThreshold { get; init; }

    internal required int TopProcesses { get; init; }

    internal required int MaxGroups { get; init; }

    internal required int TopEndpoints { get; init; }

    internal required int MaxNamespaces { get; init; }

    /// <summary>What has been there for less is added up in <c>other</c>, unless it holds much.</summary>
    internal required TimeSpan NameAge { get; init; }

    /// <summary>Where evidence is written; null to write none.</summary>
    internal required string? EvidenceDirectory { get; init; }

    /// <summary>Files of evidence at the most.</summary>
    internal required int EvidenceMaxFiles { get; init; }

    /// <summary>Whether to give up the rights that no collector needs.</summary>
    internal required bool DropPrivileges { get; init; }

    internal required LogLevel LogLevel { get; init; }

    internal required LogFormat LogFormat { get; init; }
}
