using System.Text.RegularExpressions;
using FdExporter.Tests.Deploy;
using FdExporter.Web.Pages;
using Runbook = FdExporter.Runbooks.Runbook;

namespace FdExporter.Tests.Web.Pages;

/// <summary>The runbooks as pages: complete, without leftover markup or dead links.</summary>
public partial class RunbookPageTests
{
    private static readonly RunbookPage s_page = new(new Layout("/metrics"));

    public static TheoryData<string> Names => [.. Runbook.Names];

    [Fact]
    public void Names_AreTheAlertsAndTheTwoPagesAboutAllOfThem()
        => Assert.Equal(["README", "alerts", .. AlertRule.All.Select(static alert => alert.Name).Order(StringComparer.Ordinal)], Runbook.Names);

    [Theory]
    [MemberData(nameof(Names))]
    public void Page_HasNoMarkupOfItsSourceLeft(string name)
    {
        string text = WithoutCode(s_page.Of(Runbook.Find(name)!));
        Assert.DoesNotMatch(@"\*\*|`|\]\(|^\||^#|^- |\|---", text);
        Assert.DoesNotContain("?", Tags().Replace(text, "").Replace("?format", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Page_LinksToPagesAndPlacesThatExist(string name)
    {
        foreach (Match link in Link().Matches(MainOf(s_page.Of(Runbook.Find(name)!))))
        {
            string[] target = link.Groups[1].Value.Split('#');
            Runbook? linked = target[0] switch
            {
                "" => Runbook.Find(name),
                RunbookPage.Path => Runbook.Find(Runbook.Index),
                var path when path.StartsWith(RunbookPage.Path + "/", StringComparison.Ordinal) => Runbook.Find(path[(RunbookPage.Path.Length + 1)..]),
                _ => null,
            };
            Assert.True(linked is not null, $"{name}: {link.Value}");
            if (target.Length > 1)
            {
                Assert.Contains($"id=\"{target[1]}\"", s_page.Of(linked), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Page_TablesHaveAsManyCellsInEachRow(string name)
        => Assert.All(
            Table().Matches(s_page.Of(Runbook.Find(name)!)),
            static table => Assert.Single(Row().Matches(table.Value).Select(static row => Cell().Count(row.Value)).Distinct()));

    [Theory]
    [InlineData("FdMayLeak.md", "/runbooks/FdMayLeak")]
    [InlineData("README.md#silence", "/runbooks#silence")]
    [InlineData("../README.md#thresholds", "/runbooks/alerts#thresholds")]
    [InlineData("runbooks/FdMayLeak.md", "/runbooks/FdMayLeak")]
    [InlineData("#here", "#here")]
    [InlineData("https://example.com/", "https://example.com/")]
    [InlineData("javascript:alert(1)", null)]
    [InlineData("fd-exporter.rules.yml", null)]
    [InlineData("FLEET.md", null)]
    public void Link_LeadsToWhatTheProgramHas(string link, string? address) => Assert.Equal(address, RunbookPage.AddressOf(link));

    [Theory]
    [InlineData("FdMayLeak", true)]
    [InlineData("FdMayLeak.md", true)]
    [InlineData("fdmayleak", false)]
    [InlineData("../README", false)]
    [InlineData("", false)]
    public void Runbook_IsFoundByItsName(string name, bool isThere) => Assert.Equal(isThere, Runbook.Find(name) is not null);

    [Theory]
    [InlineData("a <b> & \"c\"", "<p>a &lt;b&gt; &amp; &quot;c&quot;</p>\n")]
    [InlineData("# A *b* `c*d*`", "<h1 id=\"a-b-cd\">A <em>b</em> <code>c*d*</code></h1>\n")]
    [InlineData("a\nb\n\nc", "<p>a b</p>\n<p>c</p>\n")]
    [InlineData("- a\n  b\n- **c `d`**\n1. e", "<ul>\n<li>a b</li>\n<li><strong>c <code>d</code></strong></li>\n</ul>\n<ol>\n<li>e</li>\n</ol>\n")]
    [InlineData("```sh\n# a\n- <b>\n```\nc", "<pre class=\"wide\" tabindex=\"0\"><code># a\n- &lt;b&gt;\n</code></pre>\n<p>c</p>\n")]
    [InlineData("```\nnever closed", "<pre class=\"wide\" tabindex=\"0\"><code>never closed\n</code></pre>\n")]
    [InlineData("    a\n\nb", "<pre class=\"wide\" tabindex=\"0\"><code>a\n</code></pre>\n<p>b</p>\n")]
    [InlineData("| a | b |\n|---|---|\n| c | |", "<div class=\"wide\" tabindex=\"0\"><table>\n<tr><th scope=\"col\">a</th><th scope=\"col\">b</th></tr>\n<tr><td>c</td><td></td></tr>\n</table></div>\n")]
    [InlineData("[a `b`](x) [c](gone)", "<p><a href=\"/x\">a <code>b</code></a> c</p>\n")]
    public void Markdown_AsHtml(string text, string expected)
    {
        Html html = new();
        MarkdownHtml.Write(html, text, static link => link == "x" ? "/x" : null);
        Assert.Equal($"<article class=\"text\">\n{expected}</article>\n", html.ToString());
    }

    private static string MainOf(string page) => page[page.IndexOf("<main", StringComparison.Ordinal)..page.IndexOf("</main>", StringComparison.Ordinal)];

    private static string WithoutCode(string page) => Code().Replace(MainOf(page), "");

    [GeneratedRegex("<code>.*?</code>", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex("href=\"([^\"]*)\"")]
    private static partial Regex Link();

    [GeneratedRegex("<table>.*?</table>", RegexOptions.Singleline)]
    private static partial Regex Table();

    [GeneratedRegex("<tr>.*?</tr>")]
    private static partial Regex Row();

    [GeneratedRegex("<t[hd][ >]")]
    private static partial Regex Cell();
}
