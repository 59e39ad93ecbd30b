using System.Text.RegularExpressions;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Deploy;

/// <summary>The commands and queries of one page of deploy/prometheus/runbooks.</summary>
/// <param name="Queries">For Prometheus, each in its own block.</param>
/// <param name="Silence">The command that silences the alert.</param>
internal sealed partial record Runbook(string Name, IReadOnlyList<string> Queries, string Silence)
{
    internal static string Folder { get; } = Path.Combine(Repository.Root, "deploy", "prometheus", "runbooks");

    internal static IReadOnlyList<Runbook> All { get; } = [.. Directory.GetFiles(Folder, "Fd*.md")
        .Order(StringComparer.Ordinal)
        .Select(static file => (Name: Path.GetFileNameWithoutExtension(file), Text: File.ReadAllText(file)))
        .Select(static each => new Runbook(
            each.Name,
            [.. CodeBlocks(each.Text, "promql")],
            CodeBlocks(each.Text, "sh").Single(static block => block.StartsWith("amtool silence add", StringComparison.Ordinal))))];

    private static IEnumerable<string> CodeBlocks(string text, string language)
        => CodeBlock().Matches(text).Where(block => block.Groups[1].Value == language).Select(static block => block.Groups[2].Value);

    [GeneratedRegex("^```([a-z]+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
