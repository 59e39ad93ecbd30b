using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using FdExporter.Model;

namespace FdExporter.Web.Pages;

/// <summary>
/// Builds HTML. Interpolated values are always text: they are encoded, and characters that reverse or hide other text become question
/// marks. Only literals can contain markup.
/// </summary>
internal sealed class Html
{
    private static readonly HtmlEncoder s_encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _text = new();

    internal Html Add([InterpolatedStringHandlerArgument("")] Markup markup)
    {
        _ = markup;
        return this;
    }

    /// <summary>Appends markup as it is; it must not contain foreign text.</summary>
    internal Html AddLiteral(string markup)
    {
        _text.Append(markup);
        return this;
    }

    public override string ToString() => _text.ToString();

    // The encoder escapes these two, which no HTML needs, and many numbers have them.
    private void AddText(string? text)
        => _text.Append(s_encoder.Encode(Printable.Of(text ?? "")).Replace("&#xA0;", "\u00a0", StringComparison.Ordinal).Replace("&#x2B;", "+", StringComparison.Ordinal));

    /// <summary>Appends the parts of an interpolated string.</summary>
    [InterpolatedStringHandler]
    internal readonly struct Markup
    {
        private readonly Html _html;

        public Markup(int literalLength, int formattedCount, Html html)
        {
            _ = literalLength + formattedCount;
            _html = html;
        }

        public void AppendLiteral(string literal) => _html._text.Append(literal);

        public void AppendFormatted(string? text) => _html.AddText(text);

        public void AppendFormatted<T>(T value)
            where T : struct, IFormattable
            => _html.AddText(value.ToString(null, CultureInfo.InvariantCulture));
    }
}
