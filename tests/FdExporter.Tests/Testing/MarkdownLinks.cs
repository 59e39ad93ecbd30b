using System.Text;
using System.Text.RegularExpressions;

namespace FdExporter.Tests.Testing;

/// <summary>The relative links of Markdown documents, resolved like on GitHub: to a file, and to a heading in it.</summary>
internal static partial class MarkdownLinks
{
    /// <summary>Folders with build output or installed files.</summary>
    private static readonly string[] s_notOurs = ["bin", "obj", "artifacts", "node_modules", "TestResults", "BenchmarkDotNet.Artifacts", ".git"];

    internal static IReadOnlyList<string> Documents(string root)
        => [.. Directory.GetFiles(root, "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file))
            .Where(static file => !file.Split('/').Any(static part => s_notOurs.Contains(part)))
            .Order(StringComparer.Ordinal)];

    /// <returns>Broken links of all documents below the folder, each as <c>document: link</c>.</returns>
    internal static IReadOnlyList<string> Dead(string root)
        => [.. Documents(root).SelectMany(document => LinksOf(File.ReadAllText(Path.Combine(root, document)))
            .Where(link => !LeadsSomewhere(root, document, link))
            .Select(link => $"{document}: {link}"))];

    internal static IEnumerable<string> LinksOf(string text)
        => Link().Matches(InlineCode().Replace(Fence().Replace(text, ""), ""))
            .Select(static match => match.Groups[1].Value)
            .Where(static link => !Scheme().IsMatch(link));

    /// <summary>The fragment of a link to a heading. The second of two equal headings has <c>-1</c>.</summary>
    internal static IReadOnlySet<string> AnchorsOf(string text)
    {
        HashSet<string> anchors = [];
        foreach (Match heading in Heading().Matches(Fence().Replace(text, "")))
        {
            string anchor = AnchorOf(heading.Groups[1].Value);
            string numbered = anchor;
            for (int i = 1; !anchors.Add(numbered); i++)
            {
                numbered = $"{anchor}-{i}";
            }
        }

        return anchors;
    }

    private static bool LeadsSomewhere(string root, string document, string link)
    {
        string[] parts = link.Split('#', 2);
        string target = parts[0].Length == 0
            ? Path.Combine(root, document)
            : Path.GetFullPath(Path.Combine(root, Path.GetDirectoryName(document)!, Uri.UnescapeDataString(parts[0])));
        bool isInside = target.StartsWith(Path.GetFullPath(root), StringComparison.Ordinal);
        return isInside && (parts.Length == 1 ? Path.Exists(target) : File.Exists(target) && AnchorsOf(File.ReadAllText(target)).Contains(parts[1]));
    }

    private static string AnchorOf(string heading)
    {
        StringBuilder anchor = new();
        foreach (char c in LinkText().Replace(heading.Trim(), "$1").ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(c) || c is '_' or '-' or ' ')
            {
                anchor.Append(c == ' ' ? '-' : c);
            }
        }

        return anchor.ToString();
    }

    // ```yaml ... ```, also within a list.
    [GeneratedRegex(@"^[ ]*```.*?^[ ]*```[ ]*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex InlineCode();

    // [text](target), and the target of ![picture](target).
    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    // https://..., mailto:...
    [GeneratedRegex("^[a-z][a-z0-9+.-]*:", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    [GeneratedRegex("^#{1,6} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();
}
