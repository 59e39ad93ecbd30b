using System.Text.RegularExpressions;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Tests.Testing;
using FdExporter.Web.Pages;

namespace FdExporter.Tests.Web.Pages;

/// <summary>What tables draw behind and beside their numbers, and how they look on narrow screens.</summary>
public partial class SortedTableTests
{
    private static readonly SortedTable<long> s_table = new("t", "Title", "amount",
    [
        Column<long>.Text("name", "Name", static row => $"n{row}"),
        Column<long>.Amount("amount", "Amount", static row => row < 0 ? null : row),
    ]);

    [Fact]
    public void Bars_AreAgainstTheLargestOfAllRows_NotOfThoseShown()
    {
        string text = Text([200, 50, 0, -1], new Dictionary<string, string> { ["t"] = "-amount" }, most: 3);
        Assert.Contains("<rect width=\"25%\"/></svg>50</td>", text, StringComparison.Ordinal);
        Assert.Contains("<rect width=\"100%\"/></svg>200</td>", text, StringComparison.Ordinal);
        Assert.Contains("<td class=\"n\">0</td>", text, StringComparison.Ordinal);
        Assert.Contains("3 of 4 shown", text.Replace('\u00a0', ' '), StringComparison.Ordinal);
        Assert.Contains("<td class=\"n\">–</td>", Text([-1], [], most: 3), StringComparison.Ordinal);
    }

    [Fact]
    public void AlikeRows_AreOneRowFromTheFourthOn_InItsPlace()
    {
        // Alike by their tens; numbers from 90 on are always shown.
        RowFold<long> fold = new(static row => row >= 90 ? null : FormattableString.Invariant($"{row / 10}"), static (html, rows) => html.Add($"{rows.Count} of {rows[0] / 10}0: {rows.Sum()}"));
        Assert.Equal(
            ["99", "98", "97", "96", "39", "38", "37", "3 of 30: 102", "29", "28", "27", "26", "19"],
            Rows(Folded([19, 26, 27, 28, 29, 33, 34, 35, 37, 38, 39, 96, 97, 98, 99], [], most: 20)));
        string text = Folded([.. Enumerable.Range(10, 30)], new Dictionary<string, string> { ["t"] = "-amount" }, most: 5);
        Assert.Equal(["10", "11", "12", "7 of 10: 112", "20"], Rows(text));
        Assert.Contains("<tr class=\"sum\"><td colspan=\"2\">", text, StringComparison.Ordinal);
        Assert.Contains("4 of 30 shown, 7 added up. <a href=\"?t=-amount&amp;rows=many#t-title\">Longer tables</a>", text.Replace('\u00a0', ' '), StringComparison.Ordinal);
        Assert.DoesNotContain("shown", Text([1, 2], [], most: 2), StringComparison.Ordinal);
        Assert.DoesNotContain("Longer", Text([1, 2], new Dictionary<string, string> { ["rows"] = "many" }, most: 1), StringComparison.Ordinal);

        string Folded(long[] rows, Dictionary<string, string> query, int most) => Text(rows, query, most, fold);
    }

    [Fact]
    public void NarrowStyle_NamesEachValueButTheFirst()
        => Assert.Equal("#t>tbody>tr>td:nth-child(2)::before{content:\"Amount \"}\n", s_table.NarrowStyle);

    [Fact]
    public void NarrowStyle_OfEachTable_IsInTheStyleSheet()
    {
        string style = System.Text.Encoding.UTF8.GetString(PageAssets.Style.Content);
        foreach (string id in (string[])["processes", "groups", "close_wait", "connections", "limits", "listeners", "deleted", "tcp", "kinds", "held", "fds"])
        {
            Assert.Contains($"#{id}>tbody>tr>td:nth-child(2)::before", style, StringComparison.Ordinal);
        }

        Assert.Equal(style.Count(static c => c == '{'), style.Count(static c => c == '}'));
    }

    [Fact]
    public void RowsThatGrow_HaveALineOfTheLastHour_AndOthersNone()
    {
        SteppedTime time = new();
        HostHistory history = new(time);
        GroupedHost host = new() { Snapshot = Snapshots.Of() };
        for (int i = 0; i < 100; i++)
        {
            host = host with { Groups = [new GroupSample("rising", 1, 1000 + (i * 20), 0, null), new GroupSample("level", 1, 500, 0, null)] };
            history.Add(host);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Contains("<svg class=\"trend\"", Growth("rising"), StringComparison.Ordinal);
        Assert.EndsWith("</svg>+1\u00a0200/h", Growth("rising"), StringComparison.Ordinal);
        Assert.Equal("+0/h", Growth("level"));
        Assert.Equal("–", Growth("unknown"));
        Assert.InRange(history.LastHourOf(HistoryKey.GroupFds("rising")).Span, 48, 60);
        Assert.InRange(history.CourseOf(HistoryKey.GroupFds("rising")).Span, 90, 100);

        string Growth(string program)
        {
            Html html = new();
            Column<string>.Growth(row => Trend.Of(history, HistoryKey.GroupFds(row))).Cell(html, program);
            return html.ToString();
        }
    }

    [Fact]
    public void Card_SaysHowLongUntilTheLimit_WhereThatIsKnown()
    {
        Html html = new();
        Finding finding = new("a", Severity.Critical, "It fills.", "Fix it.") { TimeToLimit = TimeSpan.FromHours(5) };
        FindingsSection.Write(html, new Verdict(DateTimeOffset.UnixEpoch, [finding, finding with { TimeToLimit = null }]), new HostHistory(TimeProvider.System), FindingsSection.FewCards);
        Assert.Single(html.ToString().Split("<p class=\"left\"><b>About 5\u00a0h</b> to the limit</p>")[1..]);
    }

    private static string Text(long[] rows, Dictionary<string, string> query, int most, RowFold<long>? fold = null)
    {
        Html html = new();
        s_table.Write(html, rows, new PageQuery(query), most, "None.", fold);
        return html.ToString();
    }

    /// <summary>The last cell of each row.</summary>
    private static string[] Rows(string text) => [.. LastCell().Matches(text).Select(static match => match.Groups[1].Value)];

    [GeneratedRegex("([^<>]+)</td></tr>")]
    private static partial Regex LastCell();
}
