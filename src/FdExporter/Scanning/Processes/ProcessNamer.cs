using FdExporter.Model;

namespace FdExporter.Scanning.Processes;

/// <summary>
/// Gives a process the name of its group. Called when a process is first seen, and again when it may have become
/// another program or when the rules are others; rules are Grouping's, Scanning only keeps the answer.
/// </summary>
internal delegate string ProcessNamer(ProcessDescription process);
