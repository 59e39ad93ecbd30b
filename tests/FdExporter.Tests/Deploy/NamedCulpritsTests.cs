using System.Text.RegularExpressions;
using FdExporter.Tests.Grafana;

namespace FdExporter.Tests.Deploy;

/// <summary><c>other</c> is the sum of many: no alert, no panel with one number and no query of a runbook names it as a culprit.</summary>
public partial class NamedCulpritsTests
{
    [Fact]
    public void Annotation_NamesAGroupOrAnAddress_OnlyWhereItIsNotOther()
    {
        (string Name, string Text)[] annotations = [.. RuleFiles.All.Where(static rule => rule.Alerts).Select(static rule => (rule.Name, rule.Annotations))];
        int named = 0;
        foreach ((string name, string text) in annotations)
        {
            foreach (Match printed in PrintedName().Matches(text))
            {
                Assert.True(OtherBranch().IsMatch(text[..printed.Index]), $"{name}: {printed.Value} also where it is \"other\"");
                named++;
            }
        }

        Assert.True(named >= 10, $"{named} names were found");
    }

    [Fact]
    public void Query_ForTheLargestPrograms_LeavesOtherOut()
    {
        IEnumerable<(string Where, string Text)> texts =
        [
            .. RuleFiles.All.Where(static rule => rule.Alerts).Select(static rule => (rule.Name, rule.Annotations)),
            .. Runbook.All.SelectMany(static page => page.Queries.Select(query => (page.Name, query))),
        ];
        int queries = 0;
        foreach ((string where, string text) in texts)
        {
            foreach (Match query in LargestGroups().Matches(text))
            {
                Assert.True(query.Value.Contains("group!=\"other\"", StringComparison.Ordinal) || query.Value.Contains("group!=\\\"other\\\"", StringComparison.Ordinal), $"{where}: {query.Value}");
                queries++;
            }
        }

        Assert.True(queries >= 8, $"{queries} queries were found");
        Assert.All(
            Dashboard.All.SelectMany(static board => board.Expressions).Where(static each => each.Expression.StartsWith("topk(1, fd_group_open_fds{", StringComparison.Ordinal)),
            static each => Assert.Contains("group!=\"other\"", each.Expression, StringComparison.Ordinal));
    }

    // {{ $labels.group }} and {{ $address }}, not as an argument of a query.
    [GeneratedRegex("""\{\{\s(\$labels\.(group|address)|\$address|\. \| first \| label\s"(group|address|endpoint)") \}\}""")]
    private static partial Regex PrintedName();

    [GeneratedRegex(@"\{\{ else \}\}[a-z ]*\z")]
    private static partial Regex OtherBranch();

    // topk(3, fd_group_open_fds{...  up to the end of its selector.
    [GeneratedRegex(@"topk\(\d+, (?:delta\()?fd_group_[a-z_]+(\{[^}]*\})?")]
    private static partial Regex LargestGroups();
}
