using System.Text;
using FdExporter.Model;

namespace FdExporter.Cli.Checks;

/// <summary>The items as a table in 80 columns, and below it each advice once.</summary>
internal static class CheckText
{
    private const int Width = 80;
    private const string FoundIndent = "                           ";

    /// <summary>A note on one of these means that something cannot be read.</summary>
    private static readonly string[] s_views = ["pid_namespace", "processes", "socket_owners"];

    // STATUS ITEM                FOUND
    // blind  processes           3 full, 24 count_only, 0 none
    internal static string Of(IReadOnlyList<CheckItem> items)
    {
        StringBuilder text = new();
        Row("STATUS", "ITEM", "FOUND");
        foreach (CheckItem item in items)
        {
            Row(WordOf(item.Status), item.Check, item.Found);
        }

        text.Append('\n').Append(Verdict(items)).Append('\n');
        foreach (IGrouping<string, CheckItem> advice in items
            .Where(static item => item.Advice.Length > 0)
            .GroupBy(static item => item.Advice)
            .OrderByDescending(static group => group.Max(static item => item.Status)))
        {
            text.Append('\n');
            Wrap(text, $"{string.Join(", ", advice.Select(static item => item.Check).Distinct())}:", "", "");
            foreach (string paragraph in advice.Key.Split('\n'))
            {
                Wrap(text, paragraph, "  ", "  ");
            }
        }

        return text.ToString();

        void Row(string status, string item, string found) => Wrap(text, found, $"{status,-6} {item,-19} ", FoundIndent);
    }

    private static string Verdict(IReadOnlyList<CheckItem> items) => items.Max(static item => item.Status) switch
    {
        CheckStatus.Fail => "The exporter cannot start with these flags.",
        CheckStatus.Blind => "The exporter can start, but cannot read everything.",
        _ when items.Any(static item => item.Status == CheckStatus.Note && s_views.Contains(item.Check)) =>
            "The exporter can start; the notes list what it cannot read.",
        _ => "Everything can be read and served.",
    };

    internal static string WordOf(CheckStatus status) => status switch
    {
        CheckStatus.Ok => "ok",
        CheckStatus.Note => "note",
        CheckStatus.Blind => "blind",
        _ => "FAIL",
    };

    // A word longer than a line, such as a path, is not split.
    private static void Wrap(StringBuilder text, string paragraph, string first, string others)
        => text.AppendLines(TerminalText.Wrap(Printable.Of(paragraph), Width, first, others, splitsWords: false));
}
