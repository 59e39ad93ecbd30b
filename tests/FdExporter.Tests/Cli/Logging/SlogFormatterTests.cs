using System.Globalization;
using System.Text.Json;
using FdExporter.Cli.Logging;
using FdExporter.Configuration;
using Microsoft.Extensions.Logging;

namespace FdExporter.Tests.Cli.Logging;

public class SlogFormatterTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 4, 5, 6, 7, 89, TimeSpan.Zero);

    [Fact]
    public void Logfmt_PlainValues_AreNotQuoted()
        => Assert.Equal(
            "time=2026-03-04T05:06:07.089Z level=WARN msg=\"collector failed\" collector=Tcp err=\"no reply in time\"\n",
            Write(LogFormat.Logfmt, "Tcp", "no reply in time"));

    [Theory]
    [InlineData("a\nlevel=ERROR msg=forged", "\"a\\nlevel=ERROR msg=forged\"")]
    [InlineData("say \"x\" \\ y", "\"say \\\"x\\\" \\\\ y\"")]
    [InlineData("\u001b[31mred", "\"\\u001b[31mred\"")]
    [InlineData("\u202egnp.exe", "\"\\u202egnp.exe\"")]
    [InlineData("\u2028level=ERROR\u2029\u0085", "\"\\u2028level=ERROR\\u2029\\u0085\"")]
    [InlineData("\u007f\u0000\u009b2J", "\"\\u007f\\u0000\\u009b2J\"")]
    [InlineData("", "\"\"")]
    public void Logfmt_HostileValue_StaysInItsQuotesAndOnItsLine(string value, string written)
    {
        string line = Write(LogFormat.Logfmt, value, "x");
        Assert.Contains($" collector={written} err=x\n", line, StringComparison.Ordinal);
        Assert.Equal(1, line.Count(static c => c == '\n'));
    }

    [Theory]
    [InlineData(LogFormat.Logfmt)]
    [InlineData(LogFormat.Json)]
    public void AnyValue_IsALineOfPlainText(object format)
    {
        string all = string.Concat(Enumerable.Range(0, 0x3000).Concat([0xfeff, 0xfff9, 0xdb40, 0xdc41, 0xd83d]).Select(static c => (char)c));
        string line = Write((LogFormat)format, all, all);
        Assert.EndsWith("\n", line, StringComparison.Ordinal);
        Assert.All(line[..^1], static c => Assert.DoesNotContain(char.GetUnicodeCategory(c), s_obeyed));
    }

    [Fact]
    public void Json_HostileValue_ComesBackAsItWas()
    {
        string line = Write(LogFormat.Json, "a\n\"b\"\u202e", "x");
        Assert.EndsWith("}\n", line, StringComparison.Ordinal);
        Assert.Equal(1, line.Count(static c => c == '\n'));
        JsonElement json = JsonDocument.Parse(line).RootElement;
        Assert.Equal("WARN", json.GetProperty("level").GetString());
        Assert.Equal("a\n\"b\"\u202e", json.GetProperty("collector").GetString());
    }

    [Theory]
    [InlineData(LogLevel.Debug, "<7>")]
    [InlineData(LogLevel.Information, "<6>")]
    [InlineData(LogLevel.Warning, "<4>")]
    [InlineData(LogLevel.Error, "<3>")]
    [InlineData(LogLevel.Critical, "<3>")]
    public void ForTheJournal_TheLevelStandsInFrontOfTheSameLine(LogLevel level, string prefix)
        => Assert.Equal(prefix + Write(LogFormat.Json, "a", "b", level), Write(LogFormat.Json, "a", "b", level, isForJournal: true));

    private static readonly UnicodeCategory[] s_obeyed =
    [
        UnicodeCategory.Control, UnicodeCategory.Format, UnicodeCategory.LineSeparator, UnicodeCategory.ParagraphSeparator,
        UnicodeCategory.Surrogate,
    ];

    private static string Write(LogFormat format, string collector, string err, LogLevel level = LogLevel.Warning, bool isForJournal = false)
    {
        List<KeyValuePair<string, object?>> state = [new("collector", collector), new("err", err), new("{OriginalFormat}", "collector failed")];
        return new SlogFormatter(format, isForJournal).Format(LogLine.Of(s_now, "x", level, default, state, null, "collector failed"));
    }
}
