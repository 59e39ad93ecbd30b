
namespace FdExporter.Model;

/// <summary>The sources of the numbers, chosen by a test at start-up.</summary>
/// <param name="Tcp"><c>sock_diag</c> or <c>procfs</c>.</param>
/// <param name="FdCount"><c>stat</c> or <c>readdir</c>.</param>
internal sealed record SourceInfo(string Tcp, string FdCount);
