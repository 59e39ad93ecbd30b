namespace FdExporter.Model;

/// <summary>What the exporter itself uses, under the names that every Prometheus client gives it.</summary>
/// <param name="ResidentBytes">Null where the kernel does not tell.</param>
/// <param name="StartTime">Null where the kernel does not tell.</param>
/// <param name="OpenFds">Null where the kernel does not tell.</param>
/// <param name="MaxFds">Its soft limit; null for "unlimited" or unknown.</param>
internal sealed record ExporterProcess(TimeSpan CpuTime, long? ResidentBytes, DateTimeOffset? StartTime, long? OpenFds, ulong? MaxFds);
