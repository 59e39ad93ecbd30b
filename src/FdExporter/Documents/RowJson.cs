using System.Text.Json.Serialization;

namespace FdExporter.Documents;

/// <summary>The rows of <see cref="OneRowALine{T}"/>, without the fields that are null.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CloseWaitDocument.Item))]
[JsonSerializable(typeof(ConnectionsDocument.Connection))]
[JsonSerializable(typeof(ListenersDocument.Listener))]
[JsonSerializable(typeof(InspectionDocument.Kind))]
[JsonSerializable(typeof(InspectionDocument.Held))]
[JsonSerializable(typeof(InspectionDocument.Descriptor))]
[JsonSerializable(typeof(DiffDocument.Change))]
internal sealed partial class RowJson : JsonSerializerContext;
