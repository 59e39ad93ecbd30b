using System.Buffers.Text;

namespace FdExporter.Linux.Procfs;

/// <summary>Takes lines, fields and numbers off the front of a kernel text; never reads past its end.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> text)
{
    internal ReadOnlySpan<byte> Rest { get; private set; } = text;

    /// <summary>
    /// The next line without its newline. A last line without newline is rejected: it is cut off, and a cut-off number would
    /// look complete.
    /// </summary>
    internal bool TryTakeLine(out ReadOnlySpan<byte> line)
    {
        int end = Rest.IndexOf((byte)'\n');
        if (end < 0)
        {
            line = default;
            Rest = default;
            return false;
        }

        line = Rest[..end];
        Rest = Rest[(end + 1)..];
        return true;
    }

    /// <summary>The next field, after blanks and tabs.</summary>
    internal bool TryTakeField(out ReadOnlySpan<byte> field)
    {
        int start = Rest.IndexOfAnyExcept((byte)' ', (byte)'\t');
        if (start < 0)
        {
            field = default;
            Rest = default;
            return false;
        }

        Rest = Rest[start..];
        int end = Rest.IndexOfAny(" \t\n"u8);
        field = end < 0 ? Rest : Rest[..end];
        Rest = Rest[field.Length..];
        return field.Length > 0;
    }

    internal bool TrySkipFields(int count)
    {
        while (count-- > 0)
        {
            if (!TryTakeField(out _))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The next field as an unsigned decimal number; false if it is not one or does not fit.</summary>
    internal bool TryTakeUInt64(out ulong value)
    {
        value = 0;
        return TryTakeField(out ReadOnlySpan<byte> field) && TryParseUInt64(field, out value);
    }

    internal static bool TryParseUInt64(ReadOnlySpan<byte> field, out ulong value)
        => Utf8Parser.TryParse(field, out value, out int used) && used == field.Length && field[0] != '+';
}
