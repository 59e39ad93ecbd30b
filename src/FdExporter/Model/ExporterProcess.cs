namespace FdExporter.Model;

/// <summary>The exporter's own resource usage, under the names that all Prometheus clients use.</summary>
/// <param name="ResidentBytes">Null if unknown.</param>
/// <param name="StartTime">Null if unknown.</param>
/// <param name="OpenFds">Null if unknown.</param>
/// <param name="MaxFds">Its soft limit; null for "unlimited" or unknown.</param>
internal sealed record ExporterProcess(TimeSpan CpuTime, long? ResidentBytes, DateTimeOffset? StartTime, long? OpenFds, ulong? MaxFds);
