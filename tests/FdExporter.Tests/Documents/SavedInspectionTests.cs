using System.Text;
using FdExporter.Documents;
using FdExporter.Grouping;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Documents;

public class SavedInspectionTests
{
    private static readonly string s_evidence = File.ReadAllText(Path.Combine(Repository.Root, "tests", "FdExporter.Tests", "Evidence", "EvidenceJsonTests.Document_OfACapturedProcess.verified.txt"))
        .Replace("\"taken_at\": \"SCRUBBED\"", "\"taken_at\": \"2026-11-30T22:00:00Z\"", StringComparison.Ordinal)
        .Replace("\"start_time\": \"SCRUBBED\"", "\"start_time\": \"2026-11-30T21:00:00Z\"", StringComparison.Ordinal);

    [Fact]
    public void Parse_EvidenceFile_HasItsDescriptors()
    {
        SavedInspection saved = Parse(s_evidence);
        Assert.Equal((9, "python3", 7, true), (saved.Pid, saved.Group, saved.Rows.Count, saved.IsWhole));
        Assert.Equal(["0 device /dev/null", "6 socket close_wait outbound [::1]:47490 [::1]:9800"], [$"{saved.Rows[0].Fd} {saved.Rows[0].Type} {saved.Rows[0].Target}", TextOf(saved.Rows[6])]);
        Assert.Contains(saved.Kinds, static kind => kind is { What: "/dev/null", Count: 3 });
    }

    [Fact]
    public void Parse_ListWithPartOfTheDescriptors_IsNotWhole()
        => Assert.False(Parse(s_evidence.Replace("\"total\": 7", "\"total\": 9000", StringComparison.Ordinal)).IsWhole);

    [Theory]
    [InlineData("\"visible\": true", "\"visible\": false", "access to them was denied")]
    [InlineData("\"pid\": 9,", "", "not an evidence file")]
    [InlineData("\"pid\": 9,", "\"pid\": \"9\",", "not an evidence file")]
    [InlineData("\"pid\": 9,", "\"pid\": 99999999999,", "not an evidence file")]
    [InlineData("2026-11-30T22:00:00Z", "yesterday", "not an evidence file")]
    [InlineData("{\"fd\":0,", "{", "not an evidence file")]
    [InlineData("}", "", "not an evidence file")]
    public void Parse_OtherFile_IsRefused(string old, string with, string reason)
        => Assert.Contains(reason, Assert.Throws<FormatException>(() => Parse(s_evidence.Replace(old, with, StringComparison.Ordinal))).Message, StringComparison.Ordinal);

    private static SavedInspection Parse(string json) => SavedInspection.Parse(Encoding.UTF8.GetBytes(json));

    private static string TextOf(FdRow row) => $"{row.Fd} {row.Type} {row.State} {row.Direction} {row.Local} {row.Remote}";
}
