using System.Globalization;
using System.Net;
using System.Text.Json;
using FdExporter.Cli.Logging;
using FdExporter.Configuration;
using FdExporter.Documents;
using FdExporter.Evidence;
using FdExporter.Grouping;
using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Web.Pages;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace FdExporter.Fuzz.Targets;

/// <summary>Output that contains untrusted text, parsed again like its reader does.</summary>
internal static class OutputTargets
{
    private const string Hostile = "a\"b\\c\n<script>&amp;'\u202e\u001b[31m\u2028";

    internal static IEnumerable<FuzzTarget> All =>
    [
        new("out-evidence-name", EvidenceFile, Captured.Of("appserver", "../../etc/passwd", "fd-evidence-20261125T073200Z-appserver-11342-close_wait_not_closed.json")) { MaxLength = 4096 },
        new("out-saved-inspection", Saved, Captured.Of("""{"taken_at":"2026-11-30T22:00:00Z","process":{"pid":9,"start_time":"2026-11-30T21:00:00Z","group":"a"},"visible":true,"unlisted":0,"cut_short":false,"kinds":[{"type":"file","what":"/srv/*","count":1}],"total":1,"items":[{"fd":3,"type":"file","target":"/srv/a"}]}""")) { Words = ["\"thread\":", "\"remote\":", "null", "true", "9999999999", "[", "]"], MaxLength = 8192 },
        new("out-exposition", Metrics, Captured.Of("appserver", Hostile, "x\n# HELP a Forged.\ny", " Infinity\n")) { Words = ["\n# HELP ", " Infinity\n", "\\", "\"", "# EOF\n"] },
        new("out-html", Page, Captured.Of("appserver", Hostile, "\"><img src=x onerror=alert(1)>")) { Words = ["<script>", "\">", "&lt;", "javascript:", "\u202e"] },
        new("out-log", LogLine, Captured.Of("appserver", Hostile, "a\nlevel=ERROR msg=forged")) { Words = ["\n", "\r", "\u2028", "\\u000a", "\""] },
        new("out-name", Name, [.. Captured.Of("appserver", Hostile, @"a\x1bb", @"a\x5cx1bb"), (byte[])[0xff, (byte)'a', 0xe3, 0x82]]) { Words = ["\u001b[", "\u202e", "\u009b", "\u2029", @"\x1b", @"\x5c", @"\x", "\u65e5"] },
        new("out-printable", Terminal, Captured.Of("appserver", Hostile)) { Words = ["\u001b[", "\u202e", "\u009b", "\u2029", "\u4e2d", "\u0301", "\U0001F600"] },
    ];

    private static bool Saved(ReadOnlySpan<byte> input)
    {
        try
        {
            SavedInspection saved = SavedInspection.Parse(input.ToArray());
            FdComparison comparison = FdComparison.Of(saved.Rows, saved.Rows);
            Expect.True(comparison.Kinds.Count == 0 && comparison is { New: 0, Closed: 0 });
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool EvidenceFile(ReadOnlySpan<byte> input)
    {
        string text = Texts.DecodeWild(input);
        string name = EvidenceName.Of(DateTimeOffset.UnixEpoch, text, 11342, "close_wait_not_closed");
        Expect.True(EvidenceName.IsOurs(name) && name.Length <= 200, name);
        Expect.True(EvidenceName.IsLeftover(EvidenceName.TemporaryOf(name)));
        bool isOurs = EvidenceName.IsOurs(text);
        Expect.True(!isOurs || !text.Contains('/') && text.StartsWith("fd-evidence-", StringComparison.Ordinal));
        Expect.True(!isOurs || !EvidenceName.IsLeftover(text));
        return isOurs;
    }

    private static bool Metrics(ReadOnlySpan<byte> input)
    {
        string text = Texts.Decode(input);
        foreach (ExpositionFormat format in (ExpositionFormat[])[ExpositionFormat.PrometheusText, ExpositionFormat.OpenMetricsText])
        {
            CollectorRegistry first = Prometheus.Metrics.NewCustomRegistry();
            CollectorRegistry second = Prometheus.Metrics.NewCustomRegistry();
            Gauge gauge = Prometheus.Metrics.WithCustomRegistry(first).CreateGauge("fd_b", "Second.", "group", "type");
            gauge.WithLabels(text, "other").Set(double.PositiveInfinity);
            gauge.WithLabels("other", text + "x").Set(1);
            Prometheus.Metrics.WithCustomRegistry(second).CreateGauge("fd_a", "First.", "group").WithLabels(text).Set(2);
            var samples = ExpositionText.Read(Exposition.WriteAsync(format, first, second).GetAwaiter().GetResult());
            Expect.Equal(3, samples.Count);
            Expect.True(samples[0] is ("fd_a", [("group", var group)], 2) && group == text);
            Expect.True(samples.Any(sample => sample is ("fd_b", [("group", var own), ("type", "other")], double.PositiveInfinity) && own == text));
            Expect.True(samples.Any(sample => sample is ("fd_b", [("group", "other"), ("type", var type)], 1) && type == text + "x"));
        }

        return text.Contains('\n');
    }

    private static bool Page(ReadOnlySpan<byte> input)
    {
        string text = Texts.DecodeWild(input);
        string page = new Html().Add($"<p title=\"{text}\">{text}</p>").ToString();
        int quote = page.IndexOf('"', "<p title=\"".Length);
        string attribute = page["<p title=\"".Length..quote];
        string content = page[(quote + 2)..^"</p>".Length];
        Expect.True(page.EndsWith("</p>", StringComparison.Ordinal) && page[quote..].StartsWith("\">", StringComparison.Ordinal));
        Expect.True(!content.ContainsAny('<', '>', '"') && !content.Contains('\''), content);
        Expect.Equal(content, attribute);
        Expect.Equal(Printable.Of(text), WebUtility.HtmlDecode(content));
        return content != text;
    }

    private static bool LogLine(ReadOnlySpan<byte> input)
    {
        string text = Texts.DecodeWild(input);
        string logfmt = Log(LogFormat.Logfmt, text);
        Expect.True(logfmt.IndexOf('\n', StringComparison.Ordinal) == logfmt.Length - 1);
        Expect.True(!logfmt[..^1].EnumerateRunes().Any(IsObeyed), logfmt);
        string json = Log(LogFormat.Json, text);
        Expect.True(json.IndexOf('\n', StringComparison.Ordinal) == json.Length - 1);
        using JsonDocument document = JsonDocument.Parse(json);
        Expect.Equal(Texts.Decode(System.Text.Encoding.UTF8.GetBytes(text)), document.RootElement.GetProperty("process").GetString());
        return logfmt.Contains('\\');
    }

    /// <summary>The shown text identifies the name: so no two are shown alike.</summary>
    private static bool Name(ReadOnlySpan<byte> input)
    {
        string shown = Printable.NameOf(input);
        Expect.ValidText(shown);
        Expect.True(!shown.EnumerateRunes().Any(IsObeyed), shown);
        Expect.Equal(shown, Printable.Of(shown));
        List<byte> told = [];
        for (int i = 0; i < shown.Length; i++)
        {
            bool isEscape = shown[i] == '\\' && i + 3 < shown.Length && shown[i + 1] == 'x' && char.IsAsciiHexDigitLower(shown[i + 2]) && char.IsAsciiHexDigitLower(shown[i + 3]);
            bool isPair = char.IsHighSurrogate(shown[i]);
            told.AddRange(isEscape ? [byte.Parse(shown.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)] : System.Text.Encoding.UTF8.GetBytes(shown, i, isPair ? 2 : 1));
            i += isEscape ? 3 : isPair ? 1 : 0;
        }

        Expect.True(input.SequenceEqual(told.ToArray()), shown);
        return shown.Contains('\\');
    }

    private static bool Terminal(ReadOnlySpan<byte> input)
    {
        string text = Texts.DecodeWild(input);
        string shown = Printable.Of(text);
        Expect.ValidText(shown);
        Expect.True(!shown.EnumerateRunes().Any(IsObeyed), shown);
        Expect.Equal(shown, Printable.Of(shown));
        Expect.Equal(text.EnumerateRunes().Count(), shown.EnumerateRunes().Count());
        foreach (int width in (int[])[0, 1, 2, 15])
        {
            Expect.True(TerminalText.WidthOf(TerminalText.KeepStart(shown, width)) <= width);
            Expect.True(TerminalText.WidthOf(TerminalText.KeepEnd(shown, width)) <= width);
        }

        Expect.Equal(shown, TerminalText.KeepEnd(shown, TerminalText.WidthOf(shown)));
        return shown != text;
    }

    private static string Log(LogFormat format, string value)
    {
        List<KeyValuePair<string, object?>> state = [new("process", value), new("{OriginalFormat}", "looked")];
        return new SlogFormatter(format, isForJournal: false).Format(Cli.Logging.LogLine.Of(DateTimeOffset.UnixEpoch, "x", LogLevel.Warning, default, state, null, "looked"));
    }

    /// <summary>Characters that a terminal interprets, hides or reverses, or that end a line.</summary>
    private static bool IsObeyed(System.Text.Rune rune) => System.Text.Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
