namespace FdExporter.Web.Api;

/// <summary>One page of the processes.</summary>
/// <param name="Total">How many match, on all pages.</param>
internal sealed record ProcessesDocument(DateTimeOffset TakenAt, int Total, int Offset, int Limit, IReadOnlyList<ProcessDocument> Processes);
