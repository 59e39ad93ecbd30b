
namespace FdExporter.Scanning.Descriptors;

/// <summary>Where a walk that ran out of time continues. The default is the start, and also means that the walk is complete.</summary>
/// <param name="Table">Index of the process's descriptor table.</param>
internal readonly record struct FdPosition(int Table, int Fd);
