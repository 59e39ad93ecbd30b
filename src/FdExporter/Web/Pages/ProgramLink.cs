using FdExporter.Model;

namespace FdExporter.Web.Pages;

/// <summary>Links to the page of a program. Its name can be any text.</summary>
internal static class ProgramLink
{
    internal const string Path = "/program";

    /// <summary>Writes the name, as a link where there can be a page.</summary>
    /// <param name="style">A class of the style sheet; empty for none.</param>
    internal static void Write(Html html, string name, string style = "")
    {
        if (AddressOf(name) is { } address)
        {
            html.AddLiteral("<a");
            if (style.Length > 0)
            {
                html.Add($" class=\"{style}\"");
            }

            html.Add($" href=\"{address}\">{name}</a>");
        }
        else
        {
            html.Add($"{name}");
        }
    }

    /// <summary>Null for sums that are not one program, and for names that browsers take for a folder.</summary>
    internal static string? AddressOf(string name)
        => name is ReservedNames.Other or ReservedNames.Unknown or "" or "." or ".." ? null : $"{Path}/{Uri.EscapeDataString(name)}";

    /// <summary>The name at the end of the target of a request, as sent: a decoded path does not tell <c>%2F</c> from <c>%252F</c>.</summary>
    internal static string NameIn(string target)
    {
        int end = target.IndexOfAny(['?', '#']);
        string path = end < 0 ? target : target[..end];
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
    }
}
