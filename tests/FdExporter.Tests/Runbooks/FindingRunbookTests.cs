using System.Text.RegularExpressions;
using FdExporter.Runbooks;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Runbooks;

/// <summary>Each rule that the API's document lists has a runbook that exists.</summary>
public partial class FindingRunbookTests
{
    [Fact]
    public void EachRule_HasARunbook()
    {
        string[] rules = [.. Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "docs", "api.md")).Split("| about | `rule` |")[1].Split("## ")[0]).Select(static match => match.Groups[1].Value)];
        Assert.True(rules.Length > 30);
        Assert.DoesNotContain(rules, static rule => FindingRunbook.NameOf(rule) is not { } name || Runbook.Find(name) is null);
        Assert.Null(FindingRunbook.NameOf("something_else"));
    }

    [GeneratedRegex("`([a-z_]{2,})`(?=[,| ])")]
    private static partial Regex Row();
}
