using System.Text.Json.Serialization;

namespace FdExporter.Documents;

/// <summary>The reason of a failed request. Source: RFC 9457.</summary>
/// <param name="Pid">The process to request instead. Absent if there is none.</param>
internal sealed record ProblemDocument(
    int Status,
    string Title,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Pid = null);
