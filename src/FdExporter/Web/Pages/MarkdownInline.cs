using System.Text.RegularExpressions;

namespace FdExporter.Web.Pages;

/// <summary>Inline Markdown: code, links, bold and italic text.</summary>
internal sealed partial class MarkdownInline(Html html, Func<string, string?> addressOf)
{
    internal void Write(string text)
    {
        int end = 0;
        foreach (Match match in Part().Matches(text))
        {
            html.Add($"{text[end..match.Index]}");
            WritePart(match);
            end = match.Index + match.Length;
        }

        html.Add($"{text[end..]}");
    }

    private void WritePart(Match match)
    {
        if (match.Groups["code"] is { Success: true, Value: var code })
        {
            html.Add($"<code>{code}</code>");
        }
        else if (match.Groups["bold"] is { Success: true, Value: var bold })
        {
            WriteIn("<strong>", bold, "</strong>");
        }
        else if (match.Groups["italic"] is { Success: true, Value: var italic })
        {
            WriteIn("<em>", italic, "</em>");
        }
        else if (addressOf(match.Groups["link"].Value) is { } address)
        {
            html.Add($"<a href=\"{address}\">");
            WriteIn("", match.Groups["text"].Value, "</a>");
        }
        else
        {
            Write(match.Groups["text"].Value);
        }
    }

    private void WriteIn(string start, string text, string end)
    {
        html.AddLiteral(start);
        Write(text);
        html.AddLiteral(end);
    }

    // `code`, [text](link), **bold** with code in it, *italic*
    [GeneratedRegex(@"`(?<code>[^`]+)`|\[(?<text>[^\]]+)\]\((?<link>[^)]+)\)|\*\*(?<bold>(?:`[^`]*`|[^*`])+)\*\*|(?<![\w*])\*(?<italic>[^\s*`][^*`]*)\*(?![\w*])")]
    private static partial Regex Part();
}
