using System.Text.Json.Serialization;

namespace FdExporter.Web.Api;

/// <summary>Why a request was not answered. Source: RFC 9457.</summary>
/// <param name="Pid">The process to ask for instead; not there where there is none.</param>
internal sealed record ProblemDocument(
    int Status,
    string Title,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Pid = null);
