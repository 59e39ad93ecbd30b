
namespace FdExporter.Model;

/// <summary>Where the numbers come from, as chosen at start-up by trying.</summary>
/// <param name="Tcp"><c>sock_diag</c> or <c>procfs</c>.</param>
/// <param name="FdCount"><c>stat</c> or <c>readdir</c>.</param>
internal sealed record SourceInfo(string Tcp, string FdCount);
