using FdExporter.Evidence;

namespace FdExporter.Tests.Evidence;

/// <summary>What is in a real folder before and after.</summary>
public sealed class EvidenceFolderTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    private string Folder => Path.Combine(_parent, "evidence");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public void Write_MakesFolderAndFileForTheOwnerAlone_AndLeavesNothingElse()
    {
        new EvidenceFolder(Folder, 3).Write(NameAt(1), "{}"u8);
        Assert.Equal([NameAt(1)], Names());
        Assert.Equal("{}", File.ReadAllText(PathOf(NameAt(1))));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf(NameAt(1))));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
    }

    [Fact]
    public void Write_WithoutTheParent_MakesNothing()
    {
        Directory.Delete(_parent);
        DirectoryNotFoundException exception = Assert.Throws<DirectoryNotFoundException>(() => new EvidenceFolder(Folder, 3).Write(NameAt(1), "{}"u8));
        Assert.Contains(_parent, exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_parent));
        Directory.CreateDirectory(_parent);
    }

    [Fact]
    public void MakeRoom_TouchesOnlyOurFiles()
    {
        Directory.CreateDirectory(Path.Combine(Folder, NameAt(0)));
        string[] others = ["a.json", "fd-evidence-notes.json", NameAt(0) + ".bak", ".bashrc", "x" + NameAt(0)];
        foreach (string name in others.Concat(Enumerable.Range(1, 5).Select(NameAt)))
        {
            File.WriteAllText(PathOf(name), "");
        }

        new EvidenceFolder(Folder, 2).MakeRoom();
        Assert.Equal([.. others.Concat([NameAt(0), NameAt(4), NameAt(5)]).Order(StringComparer.Ordinal)], Names());
    }

    [Fact]
    public void MakeRoom_ClockWasWrong_SparesWhatWasJustWritten()
    {
        EvidenceFolder folder = new(Folder, 2);
        folder.Write(NameAt(58), ""u8);
        folder.Write(NameAt(59), ""u8);
        folder.Write(NameAt(1), ""u8);
        folder.MakeRoom(NameAt(1));
        Assert.Equal([NameAt(1), NameAt(59)], Names());
    }

    [Fact]
    public void Write_MoreThanThereMayBe_BecauseTheyCouldNotBeRemoved_RemovesFirst()
    {
        EvidenceFolder folder = new(Folder, 2);
        for (int i = 0; i < 10; i++)
        {
            folder.Write(NameAt(i), ""u8);
        }

        Assert.Equal([NameAt(7), NameAt(8), NameAt(9)], Names());
    }

    [Fact]
    public void Write_ThatFails_LeavesNothingUnderEitherName()
    {
        Directory.CreateDirectory(PathOf(NameAt(1)));
        Assert.ThrowsAny<Exception>(() => new EvidenceFolder(Folder, 3).Write(NameAt(1), "{}"u8));
        Assert.Equal([NameAt(1)], Names());
        Assert.Empty(Directory.GetFileSystemEntries(PathOf(NameAt(1))));
    }

    [Fact]
    public void Write_TemporaryNameIsALink_DoesNotFollowIt()
    {
        string victim = Path.Combine(_parent, "victim");
        File.WriteAllText(victim, "precious");
        Directory.CreateDirectory(Folder);
        File.CreateSymbolicLink(PathOf(EvidenceName.TemporaryOf(NameAt(1))), victim);
        Assert.Throws<IOException>(() => new EvidenceFolder(Folder, 3).Write(NameAt(1), "{}"u8));
        Assert.Equal("precious", File.ReadAllText(victim));
    }

    [Fact]
    public void Write_FinalNameIsALink_ReplacesTheLink()
    {
        string victim = Path.Combine(_parent, "victim");
        File.WriteAllText(victim, "precious");
        Directory.CreateDirectory(Folder);
        File.CreateSymbolicLink(PathOf(NameAt(1)), victim);
        new EvidenceFolder(Folder, 3).Write(NameAt(1), "{}"u8);
        Assert.Equal(("precious", "{}"), (File.ReadAllText(victim), File.ReadAllText(PathOf(NameAt(1)))));
    }

    [Fact]
    public void Prepare_RemovesWhatWasLeftHalfWritten_AndNothingElse()
    {
        Directory.CreateDirectory(Folder);
        string[] kept = [".other.tmp", ".fd-evidence-mine.tmp", NameAt(1), NameAt(2) + ".tmp"];
        foreach (string name in kept.Concat([EvidenceName.TemporaryOf(NameAt(1)), EvidenceName.Probe]))
        {
            File.WriteAllText(PathOf(name), "half");
        }

        new EvidenceFolder(Folder, 1).Prepare();
        Assert.Equal([.. kept.Order(StringComparer.Ordinal)], Names());
    }

    [Fact]
    public void Prepare_FolderIsAFile_Throws()
    {
        File.WriteAllText(Folder, "");
        Assert.Throws<IOException>(() => new EvidenceFolder(Folder, 1).Prepare());
    }

    private static string NameAt(int second) => EvidenceName.Of(DateTimeOffset.UnixEpoch.AddSeconds(second), "a", 7, "process_at_limit");

    private string PathOf(string name) => Path.Combine(Folder, name);

    private string[] Names() => [.. Directory.GetFileSystemEntries(Folder).Select(static path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
}
