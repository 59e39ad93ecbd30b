namespace FdExporter.Cli;

/// <summary>The arguments of <c>fd-exporter inspect</c>.</summary>
/// <param name="All">List all matching descriptors.</param>
/// <param name="Filter">Text that a descriptor must contain; empty for all.</param>
internal sealed record InspectRequest(int Pid, bool All, string Filter, bool Json);
