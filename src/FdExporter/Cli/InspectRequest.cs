namespace FdExporter.Cli;

/// <summary>What <c>fd-exporter inspect</c> is asked for.</summary>
/// <param name="All">Whether every descriptor that matches is listed.</param>
/// <param name="Filter">Text that a descriptor must hold; empty for all.</param>
internal sealed record InspectRequest(int Pid, bool All, string Filter, bool Json);
