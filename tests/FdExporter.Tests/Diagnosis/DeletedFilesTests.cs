using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Diagnosis;

public class DeletedFilesTests
{
    private const long Gibibyte = 1L << 30;

    [Fact]
    public void TenGibibytes_ForAMinute_AreAWarningThatNamesProgramMountAndBytes()
    {
        Finding finding = Assert.Single(Find(new DeletedFilesSample(0, "/var/log", 1, 3, 12 * Gibibyte) { LastingBytes = 12 * Gibibyte, FileSystemBytes = 200 * Gibibyte }));
        Assert.Equal((Severity.Warning, "deleted_files", "appserver /var/log", 7), (finding.Severity, finding.Rule, finding.Subject, finding.Culprit?.Pid));
        Assert.Equal(
            "appserver (pid 7) holds 12 GiB in 3 deleted files on /var/log, 6 % of the file system. Closing them frees the space; until then df shows it as used, and du does not find it.",
            Plain(finding.Text));
        Assert.StartsWith("List them: fd-exporter inspect 7 --filter=deleted.", finding.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData((10 * Gibibyte) - 1, null, false)]
    [InlineData(10 * Gibibyte, null, true)]
    [InlineData(Gibibyte - 1, 10 * Gibibyte, false)]
    [InlineData(Gibibyte, 10 * Gibibyte, true)]
    public void Threshold_IsTenGibibytesOrATenthOfTheFileSystem(long bytes, long? size, bool isFound)
        => Assert.Equal(isFound, Find(new DeletedFilesSample(0, "/srv", 1, 1, bytes) { LastingBytes = bytes, FileSystemBytes = size }).Any());

    [Fact]
    public void SeenForLessThanAMinute_IsANote()
        => Assert.Equal(Severity.Note, Assert.Single(Find(new DeletedFilesSample(0, "/tmp", 1, 1, 20 * Gibibyte) { LastingBytes = Gibibyte })).Severity);

    [Fact]
    public void SeveralProcesses_OfOneProgram_AreAddedUp()
    {
        Finding finding = Assert.Single(Find(new DeletedFilesSample(0, "/srv", 1, 1, 4 * Gibibyte), new DeletedFilesSample(1, "/srv", 1, 2, 8 * Gibibyte)));
        Assert.StartsWith("appserver (2 processes, 8 GiB of pid 8) holds 12 GiB in 3 deleted files on /srv.", Plain(finding.Text), StringComparison.Ordinal);
        Assert.Equal(8, finding.Culprit?.Pid);
    }

    /// <summary>Two containers, each with its own file system at the same place.</summary>
    [Fact]
    public void OtherFileSystems_AtTheSameMountPoint_AreNotAddedUp()
        => Assert.Empty(Find(new DeletedFilesSample(0, "/", 1, 1, 6 * Gibibyte), new DeletedFilesSample(1, "/", 2, 2, 6 * Gibibyte)));

    /// <summary>A build, a sort, a browser: temporary files without a name are normal.</summary>
    [Fact]
    public void TemporaryFiles_OfABuild_AreNoFinding()
        => Assert.Empty(Find(
            new DeletedFilesSample(0, "/tmp", 1, 300, Gibibyte) { FileSystemBytes = 100 * Gibibyte },
            new DeletedFilesSample(0, "/dev/shm", 2, 40, 4 * Gibibyte) { LastingBytes = 4 * Gibibyte }));

    private static IEnumerable<Finding> Find(params DeletedFilesSample[] samples)
    {
        HostSnapshot snapshot = Snapshots.Of(Snapshots.Process(7, "appserver", 3), Snapshots.Process(8, "appserver", 3)) with { Files = new FileUse([.. samples], [], 0, 0) };
        GroupedHost host = new HostGrouper(new GroupLimits(20, 200, 50, 100)).Group(snapshot);
        return Verdict.Of(new VerdictInput(host, new HostHistory(TimeProvider.System))).Findings.Where(static each => each.Rule == "deleted_files");
    }

    private static string Plain(string text) => text.Replace('\u00a0', ' ');
}
