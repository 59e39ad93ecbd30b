using System.Text.RegularExpressions;

namespace FdExporter.Web.Pages;

/// <summary>
/// Converts the Markdown of the runbooks to HTML: headings, paragraphs, lists, tables, code blocks; inline code, links, bold and italic
/// text. All text is encoded, so unsupported syntax is shown unchanged.
/// </summary>
internal sealed partial class MarkdownHtml
{
    private const string Fence = "```";
    private const string CodeIndent = "    ";

    private readonly Html _html;
    private readonly string[] _lines;
    private readonly MarkdownInline _inline;
    private int _at;

    private MarkdownHtml(Html html, string text, Func<string, string?> addressOf)
    {
        _html = html;
        _lines = text.TrimEnd('\n').Split('\n');
        _inline = new MarkdownInline(html, addressOf);
    }

    private string Line => _lines[_at];

    private bool IsAtEnd => _at == _lines.Length;

    /// <param name="addressOf">Maps a link's target to an address. If it returns null, only the text of the link is written.</param>
    internal static void Write(Html html, string text, Func<string, string?> addressOf)
    {
        html.AddLiteral("<article class=\"text\">\n");
        MarkdownHtml document = new(html, text, addressOf);
        while (!document.IsAtEnd)
        {
            document.WriteBlock();
        }

        html.AddLiteral("</article>\n");
    }

    private void WriteBlock()
    {
        if (Line.Length == 0)
        {
            _at++;
        }
        else if (Heading().Match(Line) is { Success: true } heading)
        {
            WriteHeading(heading.Groups[1].Length, heading.Groups[2].Value);
            _at++;
        }
        else if (Line.StartsWith(Fence, StringComparison.Ordinal))
        {
            WriteFence();
        }
        else if (Line.StartsWith(CodeIndent, StringComparison.Ordinal))
        {
            WriteCode(TakeWhile(static line => line.StartsWith(CodeIndent, StringComparison.Ordinal)).Select(static line => line[CodeIndent.Length..]));
        }
        else if (Line.StartsWith('|'))
        {
            WriteTable(TakeWhile(static line => line.StartsWith('|')));
        }
        else if (Item().IsMatch(Line))
        {
            WriteList();
        }
        else
        {
            _html.AddLiteral("<p>");
            _inline.Write(string.Join(' ', TakeWhile(static line => !BeginsBlock(line))));
            _html.AddLiteral("</p>\n");
        }
    }

    private void WriteHeading(int level, string text)
    {
        // The same ids as on GitHub, so that links within the files work here too.
        string id = NoAnchor().Replace(text.ToLowerInvariant(), "").Replace(' ', '-');
        (string start, string end) = level switch
        {
            1 => ("<h1 id=\"", "</h1>\n"),
            2 => ("<h2 id=\"", "</h2>\n"),
            _ => ("<h3 id=\"", "</h3>\n"),
        };
        _html.AddLiteral(start).Add($"{id}").AddLiteral("\">");
        _inline.Write(text);
        _html.AddLiteral(end);
    }

    private void WriteFence()
    {
        _at++;
        WriteCode(TakeWhile(static line => !line.StartsWith(Fence, StringComparison.Ordinal)));
        _at += IsAtEnd ? 0 : 1;
    }

    private void WriteCode(IEnumerable<string> lines)
    {
        _html.AddLiteral("<pre class=\"wide\" tabindex=\"0\"><code>");
        foreach (string line in lines)
        {
            _html.Add($"{line}").AddLiteral("\n");
        }

        _html.AddLiteral("</code></pre>\n");
    }

    /// <summary>The second row is the line below the headings and is skipped.</summary>
    private void WriteTable(List<string> rows)
    {
        _html.AddLiteral("<div class=\"wide\" tabindex=\"0\"><table>\n");
        for (int row = 0; row < rows.Count; row++)
        {
            if (row == 1)
            {
                continue;
            }

            _html.AddLiteral("<tr>");
            foreach (string cell in rows[row].Trim().Trim('|').Split('|'))
            {
                _html.AddLiteral(row == 0 ? "<th scope=\"col\">" : "<td>");
                _inline.Write(cell.Trim());
                _html.AddLiteral(row == 0 ? "</th>" : "</td>");
            }

            _html.AddLiteral("</tr>\n");
        }

        _html.AddLiteral("</table></div>\n");
    }

    private void WriteList()
    {
        bool isOrdered = char.IsAsciiDigit(Line[0]);
        _html.AddLiteral(isOrdered ? "<ol>\n" : "<ul>\n");
        while (!IsAtEnd && Item().Match(Line) is { Success: true } item && char.IsAsciiDigit(Line[0]) == isOrdered)
        {
            string first = Line[item.Length..];
            _at++;
            _html.AddLiteral("<li>");
            _inline.Write(string.Join(' ', TakeWhile(static line => !BeginsBlock(line)).Select(static line => line.Trim()).Prepend(first)));
            _html.AddLiteral("</li>\n");
        }

        _html.AddLiteral(isOrdered ? "</ol>\n" : "</ul>\n");
    }

    private List<string> TakeWhile(Func<string, bool> belongs)
    {
        List<string> taken = [];
        for (; !IsAtEnd && belongs(Line); _at++)
        {
            taken.Add(Line);
        }

        return taken;
    }

    private static bool BeginsBlock(string line)
        => line.Length == 0 || line.StartsWith('|') || line.StartsWith(Fence, StringComparison.Ordinal) || Heading().IsMatch(line) || Item().IsMatch(line);

    [GeneratedRegex("^(#{1,3}) (.+)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^(?:-|\d+\.) ")]
    private static partial Regex Item();

    [GeneratedRegex("[^a-z0-9_ -]")]
    private static partial Regex NoAnchor();
}
