namespace FdExporter.Grouping;

/// <summary>How much is shown before the rest is folded.</summary>
internal sealed record GroupLimits(int TopProcesses, int MaxGroups, int TopEndpoints, int MaxNamespaces);
