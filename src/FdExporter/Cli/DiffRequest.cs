namespace FdExporter.Cli;

/// <summary>Arguments of <c>diff</c>.</summary>
/// <param name="First">A file, or a process ID if <paramref name="Second"/> is empty.</param>
/// <param name="Second">A file, or empty.</param>
/// <param name="For">Time between two lists of a process.</param>
internal sealed record DiffRequest(string First, string Second, TimeSpan For, bool Json);
