using System.Text.Json.Serialization;

namespace FdExporter.Documents;

/// <summary>The documents of the API as JSON: snake_case, times in ISO 8601, durations in seconds.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(HostDocument))]
[JsonSerializable(typeof(ProcessesDocument))]
[JsonSerializable(typeof(InspectionDocument))]
[JsonSerializable(typeof(CloseWaitDocument))]
[JsonSerializable(typeof(ConnectionsDocument))]
[JsonSerializable(typeof(ListenersDocument))]
[JsonSerializable(typeof(VerdictDocument))]
[JsonSerializable(typeof(DiffDocument))]
[JsonSerializable(typeof(ProblemDocument))]
internal sealed partial class DocumentJson : JsonSerializerContext;
