using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Tests.Testing;
using FdExporter.Web.Pages;

namespace FdExporter.Tests.Web.Pages;

/// <summary>What tables draw behind and beside their numbers, and how they look on narrow screens.</summary>
public class SortedTableTests
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
        Assert.Contains("<rect width=\"25%\" height=\"100%\"/></svg>50</td>", text, StringComparison.Ordinal);
        Assert.Contains("<rect width=\"100%\" height=\"100%\"/></svg>200</td>", text, StringComparison.Ordinal);
        Assert.Contains("<td class=\"n\">0</td>", text, StringComparison.Ordinal);
        Assert.Contains("3 of 4 shown", text.Replace("&#xA0;", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("<td class=\"n\">–</td>", Text([-1], [], most: 3), StringComparison.Ordinal);
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
        Assert.EndsWith("</svg>&#x2B;1&#xA0;200/h", Growth("rising"), StringComparison.Ordinal);
        Assert.Equal("&#x2B;0/h", Growth("level"));
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
        FindingsSection.Write(html, new Verdict(DateTimeOffset.UnixEpoch, [finding, finding with { TimeToLimit = null }]), new HostHistory(TimeProvider.System));
        Assert.Single(html.ToString().Split("<p class=\"left\"><b>About 5&#xA0;h</b> to the limit</p>")[1..]);
    }

    private static string Text(long[] rows, Dictionary<string, string> query, int most)
    {
        Html html = new();
        s_table.Write(html, rows, new PageQuery(query), most, "None.");
        return html.ToString();
    }
}
