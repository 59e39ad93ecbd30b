using System.Text.Json;
using FdExporter.Cli.Checks;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Cli.Checks;

/// <summary>The output of <c>fd-exporter check</c> for items made by hand.</summary>
public class CheckTextTests
{
    private const string Grant = "Grant this and that: then the sockets of other users' processes have their owners, which are unknown without it.\nsystemd: AmbientCapabilities=CAP_THIS CAP_THAT";

    private static readonly CheckItem[] s_items =
    [
        new("kernel", CheckStatus.Ok, "Linux 6.18.44; descriptors counted by stat"),
        new("CAP_DAC_READ_SEARCH", CheckStatus.Note, "not held") { Advice = Grant },
        new("CAP_SYS_ADMIN", CheckStatus.Note, "not held") { Advice = "Nothing is hidden without it." },
        new("processes", CheckStatus.Blind, "3 full, 24 count_only, 0 none") { Advice = Grant, Facts = { ["full"] = 3, ["known"] = null } },
        new("rules", CheckStatus.Fail, "/etc/fd-exporter/rules.yml:12: process_names[3].cmdline[0]: pattern \"(\u001b[2J\": has no end")
        {
            Advice = "Fix the file.",
        },
    ];

    [Fact]
    public void Table_FitsEightyColumns_AndSaysTheWorstFirst()
    {
        string text = CheckText.Of(s_items);
        Assert.All(text.Split('\n'), static line => Assert.True(line.Length <= 80, line));
        Golden.Verify(text);
    }

    [Fact]
    public void WordLongerThanALine_StaysWhole()
    {
        string path = "/" + new string('p', 100);
        Assert.Contains($" {path}\n", CheckText.Of([new("procfs", CheckStatus.Ok, path)]), StringComparison.Ordinal);
    }

    [Fact]
    public void WideCharacters_FitEightyColumns()
    {
        string text = CheckText.Of([new("rules", CheckStatus.Note, string.Join(' ', Enumerable.Repeat("\u65e5\u672c\u8a9e", 20)))]);
        Assert.All(text.Split('\n'), static line => Assert.InRange(TerminalText.WidthOf(line), 0, 80));
    }

    [Theory]
    [InlineData(2, "Everything can be read and served.")]
    [InlineData(4, "The exporter can start, but cannot read everything.")]
    [InlineData(5, "The exporter cannot start with these flags.")]
    public void Verdict_IsThatOfTheWorst(int count, string verdict)
        => Assert.Contains($"\n\n{verdict}\n", CheckText.Of(s_items[..count]), StringComparison.Ordinal);

    [Fact]
    public void Json_HasWhatTheTableHas()
    {
        JsonElement json = JsonDocument.Parse(CheckJson.Of(s_items)).RootElement;
        Assert.Equal("fail", json.GetProperty("status").GetString());
        JsonElement[] checks = [.. json.GetProperty("checks").EnumerateArray()];
        Assert.Equal(s_items.Select(static item => item.Check), checks.Select(static each => each.GetProperty("check").GetString()));
        Assert.Equal(["ok", "note", "note", "blind", "fail"], checks.Select(static each => each.GetProperty("status").GetString()));
        Assert.Equal((s_items[3].Found, Grant), (checks[3].GetProperty("found").GetString(), checks[3].GetProperty("advice").GetString()));
        Assert.Equal(3, checks[3].GetProperty("facts").GetProperty("full").GetInt32());
        Assert.Equal(JsonValueKind.Null, checks[3].GetProperty("facts").GetProperty("known").ValueKind);
    }
}
