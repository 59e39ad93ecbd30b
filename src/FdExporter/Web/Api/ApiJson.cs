using System.Text.Json.Serialization;

namespace FdExporter.Web.Api;

/// <summary>The documents of the API as JSON: snake_case, times in ISO 8601, lengths of time in seconds.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(HostDocument))]
[JsonSerializable(typeof(ProcessesDocument))]
[JsonSerializable(typeof(InspectionDocument))]
[JsonSerializable(typeof(CloseWaitDocument))]
[JsonSerializable(typeof(VerdictDocument))]
[JsonSerializable(typeof(ProblemDocument))]
internal sealed partial class ApiJson : JsonSerializerContext;
