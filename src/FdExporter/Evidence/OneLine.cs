using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FdExporter.Evidence;

/// <summary>An object of a list on a line of its own in an indented document, for reading thousands of them and for grep.</summary>
/// <param name="Json">With the line break and the indentation before it.</param>
[JsonConverter(typeof(Converter))]
internal readonly record struct OneLine(byte[] Json)
{
    // The writer adds the comma after it.
    private static ReadOnlySpan<byte> Indentation => "\n    "u8;

    /// <summary>Unit: bytes, with its comma.</summary>
    internal int Length => Json.Length + 1;

    internal static OneLine Of<T>(T row, JsonTypeInfo<T> type) => new([.. Indentation, .. JsonSerializer.SerializeToUtf8Bytes(row, type)]);

    internal sealed class Converter : JsonConverter<OneLine>
    {
        public override OneLine Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        // The serializer has produced it, so it is valid.
        public override void Write(Utf8JsonWriter writer, OneLine value, JsonSerializerOptions options) => writer.WriteRawValue(value.Json, skipInputValidation: true);
    }
}
