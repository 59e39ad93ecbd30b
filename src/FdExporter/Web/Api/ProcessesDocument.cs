using System.Text.Json.Serialization;

namespace FdExporter.Web.Api;

/// <summary>One page of the processes.</summary>
/// <param name="Total">How many match, on all pages.</param>
/// <param name="FdChangeSeconds">How long ago the first look was that <c>fd_change</c> is since; not there where there was one look only.</param>
internal sealed record ProcessesDocument(
    DateTimeOffset TakenAt,
    int Total,
    int Offset,
    int Limit,
    IReadOnlyList<ProcessDocument> Processes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? FdChangeSeconds = null);
