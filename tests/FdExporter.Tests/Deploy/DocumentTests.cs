using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Deploy;

/// <summary>The documents: each link leads somewhere, in the checkout and in the packages.</summary>
public partial class DocumentTests
{
    private static readonly string s_readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public void Checkout_HasNoDeadLink()
        => Assert.Empty(MarkdownLinks.Dead(Repository.Root));

    [Fact]
    public void Readme_FitsOnAPage_AndShowsAPictureAtItsTop()
    {
        string[] lines = s_readme.TrimEnd('\n').Split('\n');
        Assert.InRange(lines.Length, 100, 220);
        Assert.InRange(s_readme.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length, 500, 2200);
        Assert.Contains(lines[..30], static line => line.StartsWith("![", StringComparison.Ordinal));
    }

    /// <summary>The text is that of the rules' tests.</summary>
    [Fact]
    public void Readme_QuotesAnAlert()
        => Assert.Contains(
            OneLine(Quote().Match(s_readme).Value.Replace("> ", "", StringComparison.Ordinal)),
            OneLine(string.Concat(AlertRule.Tests.Select(static file => File.ReadAllText(Path.Combine(AlertRule.Folder, file))))),
            StringComparison.Ordinal);

    /// <summary>The text is that of the verdict's tests.</summary>
    [Theory]
    [InlineData("README.md")]
    [InlineData("deploy/README.zh-CN.md")]
    [InlineData("deploy/docs/commands.md")]
    public void Sample_OfExplain_IsWhatTheVerdictSays(string document)
    {
        string story = File.ReadAllText(Path.Combine(
            Repository.Root, "tests", "FdExporter.Tests", "Diagnosis", "GrowthVerdictTests.Story_AfterADay_TellsHowFastItGrowsAndWhenTheLimitIsReached.verified.txt"));
        string sample = Assert.Single(ExplainSample().Matches(File.ReadAllText(Path.Combine(Repository.Root, document)))).Groups[1].Value;
        Assert.Contains(sample.TrimEnd('\n'), story.Replace('\u00a0', ' '), StringComparison.Ordinal);
    }

    /// <summary>Only documents are shipped here, so links to anything else have become text.</summary>
    [Fact]
    [Needs("grep", "sed")]
    public async Task Shipped_Documents_AreTheWholeManual_AndHaveNoDeadLink()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("fd-exporter-test-");
        try
        {
            (int exitCode, string output, string error) = await Child.RunAsync(Path.Combine(Repository.Root, "deploy", "documents"), null, folder.FullName);
            Assert.True(exitCode == 0, output + error);

            IReadOnlyList<string> shipped = MarkdownLinks.Documents(folder.FullName);
            Assert.Contains("README.md", shipped);
            Assert.Empty(MarkdownLinks.Documents(Repository.Root).Where(static file => file.StartsWith("deploy/", StringComparison.Ordinal)).Except(shipped));
            Assert.Empty(MarkdownLinks.Dead(folder.FullName));
            Assert.Contains("deploy/docs/metrics.md", MarkdownLinks.LinksOf(File.ReadAllText(Path.Combine(folder.FullName, "README.md"))));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("## What holds for all of them\n", "what-holds-for-all-of-them")]
    [InlineData("## `/api/v1/processes/{pid}`\n", "apiv1processespid")]
    [InlineData("### CLOSE_WAIT: who, towards whom\n", "close_wait-who-towards-whom")]
    [InlineData("# A [link](b.md) in it\n", "a-link-in-it")]
    [InlineData("# 安装\n", "安装")]
    [InlineData("# Twice\n\n# Twice\n", "twice,twice-1")]
    [InlineData("# A\n\n```sh\n# no heading\n```\n", "a")]
    public void AnchorsOf_Headings_AreThoseOfGitHub(string text, string anchors)
        => Assert.Equal(anchors.Split(','), MarkdownLinks.AnchorsOf(text));

    [Theory]
    [InlineData("[a](b.md) and ![c](d.png), [e\nf](g.md#h)", "b.md,d.png,g.md#h")]
    [InlineData("[`code`](a.md) but not `[b](c.md)`", "a.md")]
    [InlineData("[a](https://example.com/) and [b](mailto:c@example.com) and [d](#e)", "#e")]
    [InlineData("```\n[a](b.md)\n```\n[c](d.md)", "d.md")]
    public void LinksOf_Text_AreTheRelativeOnes(string text, string links)
        => Assert.Equal(links.Split(','), MarkdownLinks.LinksOf(text));

    private static string OneLine(string text) => Blanks().Replace(text, " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex("(^> .*\n)+", RegexOptions.Multiline)]
    private static partial Regex Quote();

    [GeneratedRegex("^```\n((?:CRITICAL|WARNING): .*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ExplainSample();
}
