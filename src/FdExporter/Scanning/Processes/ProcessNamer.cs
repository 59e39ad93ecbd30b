using FdExporter.Model;

namespace FdExporter.Scanning.Processes;

/// <summary>
/// Gives a process the name of its group. Called for a new process, and again if it may have become another program or the
/// rules have changed. Grouping implements it; Scanning only keeps the result.
/// </summary>
internal delegate string ProcessNamer(ProcessDescription process);
