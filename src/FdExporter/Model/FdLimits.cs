namespace FdExporter.Model;

/// <summary>RLIMIT_NOFILE of a process. Unit: descriptors; null is "unlimited".</summary>
internal sealed record FdLimits(ulong? Soft, ulong? Hard);
