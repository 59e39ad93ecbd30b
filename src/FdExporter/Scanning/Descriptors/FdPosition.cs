
namespace FdExporter.Scanning.Descriptors;

/// <summary>Where a walk that ran out of time goes on; the default is the start, and a walk that came to its end.</summary>
/// <param name="Table">Which of the tables of the process.</param>
internal readonly record struct FdPosition(int Table, int Fd);
