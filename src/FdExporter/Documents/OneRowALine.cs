using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FdExporter.Documents;

/// <summary>Writes each row of a list in an indented document on one line: easier to read with thousands of rows, and to grep.</summary>
internal sealed class OneRowALine<T> : JsonConverter<IReadOnlyList<T>>
{
    private static readonly JsonTypeInfo<T> s_type = (JsonTypeInfo<T>)RowJson.Default.GetTypeInfo(typeof(T))!;

    // The lists are fields of the document itself. The writer adds the comma after each row.
    private static ReadOnlySpan<byte> Indentation => "\n    "u8;

    /// <summary>Unit: bytes, with its comma.</summary>
    internal static int LengthOf(T row) => LineOf(row).Length + 1;

    public override IReadOnlyList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (T row in value)
        {
            // The serializer has produced it, so it is valid.
            writer.WriteRawValue(LineOf(row), skipInputValidation: true);
        }

        writer.WriteEndArray();
    }

    private static byte[] LineOf(T row) => [.. Indentation, .. JsonSerializer.SerializeToUtf8Bytes(row, s_type)];
}
