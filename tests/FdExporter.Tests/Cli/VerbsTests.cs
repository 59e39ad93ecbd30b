using System.Text;
using FdExporter.Cli;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Grouping;
using FdExporter.Linux.Files;
using FdExporter.Runbooks;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Cli;

/// <summary>The output and exit codes of the verbs, without the program around them.</summary>
public sealed class VerbsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(0, (int)Severity.Note)]
    [InlineData(2, (int)Severity.Note, (int)Severity.Warning)]
    [InlineData(3, (int)Severity.Critical, (int)Severity.Note)]
    [InlineData(3, (int)Severity.Warning, (int)Severity.Critical)]
    public void ExitCode_IsOfTheWorstFinding(int expected, params int[] severities)
        => Assert.Equal(expected, ExplainCommand.ExitCodeOf(new Verdict(
            DateTimeOffset.UnixEpoch, [.. severities.Select(static severity => new Finding("rule", (Severity)severity, "", ""))])));

    [Theory]
    [InlineData(null, null, 20)]
    [InlineData(null, 24, 22)]
    [InlineData(null, 2, 1)]
    [InlineData(7, null, 7)]
    [InlineData(70, 24, 70)]
    public void Rows_AreAsManyAsAskedFor_OrAsTheTerminalHas(int? asked, int? height, int expected)
        => Assert.Equal(expected, new TopRequest(ProcessOrder.Fds, false, false, TimeSpan.Zero, asked).RowsIn(height, besides: 2));

    [Fact]
    public void Runbooks_AreListedWithWhatTheyAreAbout()
    {
        string[] lines = RunbookCommand.List().TrimEnd('\n').Split('\n');
        Assert.Equal(Runbook.Names.Order(), lines.Select(static line => line.Split(' ')[0]).Order());
        Assert.Contains(lines, static line => line.StartsWith("FdMayLeak ", StringComparison.Ordinal) && line.EndsWith("which may be a leak", StringComparison.Ordinal));
    }

    [Fact]
    public void Metrics_AreThoseOfAScan_WithoutThisProcess()
    {
        HostGrouper grouper = new(new GroupLimits(20, 20, 20, 20), TimeProvider.System);
        string text = Encoding.UTF8.GetString(MetricsCommand.TextOf(grouper.Group(Snapshots.Of(Snapshots.Process(1, "a", 7)))));
        Assert.Contains("\nfd_group_open_fds{group=\"a\"} 7\n", text, StringComparison.Ordinal);
        Assert.Contains("\nfd_exporter_build_info{", text, StringComparison.Ordinal);
        Assert.DoesNotContain("process_resident_memory_bytes", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\nprocess_", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\nhttp_", text, StringComparison.Ordinal);
        Assert.DoesNotContain("_total ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void File_IsReplacedAsAWhole()
    {
        string file = Path.Combine(_folder, "fd.prom");
        File.WriteAllText(file, "as it was, and longer");
        ReplacedFile.Write(file, "as it is"u8);
        Assert.Equal("as it is", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder));
        Assert.True((File.GetUnixFileMode(file) & UnixFileMode.GroupRead) != 0);
    }

    [Theory]
    [InlineData("missing/fd.prom", "No such file or directory")]
    [InlineData("folder", "is a directory, not a regular file")]
    [InlineData("file/fd.prom", "Not a directory")]
    public void File_ThatCannotBeWritten_IsAnError_AndLeavesNothing(string name, string problem)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "folder"));
        File.WriteAllText(Path.Combine(_folder, "file"), "");
        Assert.Equal(problem, Assert.Throws<IOException>(() => ReplacedFile.Write(Path.Combine(_folder, name), "x"u8)).Message);
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder).Length);
    }

    [Fact]
    public void Device_IsNotReplaced()
        => Assert.Equal("is a device, not a regular file", Assert.Throws<IOException>(() => ReplacedFile.Write("/dev/null", "x"u8)).Message);
}
