using System.ComponentModel;
using System.Runtime.InteropServices;
using FdExporter.Evidence;
using FdExporter.Linux.Files;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Evidence;

/// <summary>The contents of a real folder before and after.</summary>
public sealed partial class EvidenceFolderTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    private string Folder => Path.Combine(_parent, "evidence");

    private readonly FileThread _thread = new(TimeSpan.FromMinutes(1));

    public void Dispose()
    {
        _thread.Dispose();
        Directory.Delete(_parent, recursive: true);
    }

    [Fact]
    public void Write_MakesFolderAndFileForTheOwnerAlone_AndLeavesNothingElse()
    {
        Of(3).TryWrite(NameAt(1), "{}"u8.ToArray());
        Assert.Equal([NameAt(1)], Names());
        Assert.Equal("{}", File.ReadAllText(PathOf(NameAt(1))));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf(NameAt(1))));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
    }

    [Fact]
    public void Write_WithoutTheParent_MakesNothing()
    {
        Directory.Delete(_parent);
        IOException exception = Assert.Throws<IOException>(() => Of(3).TryWrite(NameAt(1), "{}"u8.ToArray()));
        Assert.Equal("neither it nor its parent folder exists", exception.Message);
        Assert.False(Directory.Exists(_parent));
        Directory.CreateDirectory(_parent);
    }

    [Fact]
    public void Write_TouchesOnlyOurFiles()
    {
        Directory.CreateDirectory(Path.Combine(Folder, NameAt(0) + ".d"));
        string[] others = ["a.json", "fd-evidence-notes.json", NameAt(0) + ".bak", ".bashrc", "x" + NameAt(0)];
        foreach (string name in others.Concat(Enumerable.Range(1, 5).Select(NameAt)))
        {
            File.WriteAllText(PathOf(name), "");
        }

        Assert.True(Of(2).TryWrite(NameAt(6), []));
        Assert.Equal([.. others.Concat([NameAt(0) + ".d", NameAt(5), NameAt(6)]).Order(StringComparer.Ordinal)], Names());
    }

    [Fact]
    public void Write_ClockWasWrong_SparesWhatIsNew()
    {
        EvidenceFolder folder = Of(2);
        Assert.True(folder.TryWrite(NameAt(58), []));
        Assert.True(folder.TryWrite(NameAt(59), []));
        Assert.True(folder.TryWrite(NameAt(1), []));
        Assert.Equal([NameAt(1), NameAt(59)], Names());
    }

    [Fact]
    public void Write_LessSevereThanAllThereIs_WritesNothing()
    {
        EvidenceFolder folder = Of(1);
        Assert.True(folder.TryWrite(NameAt(1), "\"severity\": \"warning\""u8.ToArray()));
        Assert.False(folder.TryWrite(NameAt(2), "\"severity\": \"note\""u8.ToArray()));
        Assert.Equal([NameAt(1)], Names());
        Assert.True(folder.TryWrite(NameAt(3), "\"severity\": \"critical\""u8.ToArray()));
        Assert.Equal([NameAt(3)], Names());
    }

    [Fact]
    public void Write_ThatFails_LeavesNothingUnderEitherName()
    {
        Directory.CreateDirectory(PathOf(NameAt(1)));
        Assert.ThrowsAny<Exception>(() => Of(3).TryWrite(NameAt(1), "{}"u8.ToArray()));
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
        Assert.Throws<IOException>(() => Of(3).TryWrite(NameAt(1), "{}"u8.ToArray()));
        Assert.Equal("precious", File.ReadAllText(victim));
    }

    [Fact]
    public void Write_FinalNameIsALink_ReplacesTheLink()
    {
        string victim = Path.Combine(_parent, "victim");
        File.WriteAllText(victim, "precious");
        Directory.CreateDirectory(Folder);
        File.CreateSymbolicLink(PathOf(NameAt(1)), victim);
        Of(3).TryWrite(NameAt(1), "{}"u8.ToArray());
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

        Of(1).Prepare();
        Assert.Equal([.. kept.Order(StringComparer.Ordinal)], Names());
    }

    [Fact]
    public void Prepare_FolderIsAFile_Throws()
    {
        File.WriteAllText(Folder, "");
        Assert.Throws<IOException>(() => Of(1).Prepare());
    }

    /// <summary>Otherwise they could delete evidence, or redirect it.</summary>
    [Theory]
    [InlineData(0, 0, 0x1ff, "is writable by everybody")]
    [InlineData(0, 0, 0x3ff, "is writable by everybody")]
    [InlineData(0, 7, 0x1f8, "is writable by gid 7")]
    [InlineData(1234, 0, 0x1c0, "is owned by uid 1234, neither root nor this user")]
    [InlineData(0, 0, 0x1f8, null)]
    [InlineData(0, 7, 0x1ed, null)]
    [Needs("root")]
    public void FolderThatOthersCanChange_IsNotUsed(uint user, uint group, int mode, string? complaint)
    {
        Directory.CreateDirectory(Folder);
        Own(user, group, mode);
        if (complaint is null)
        {
            Assert.True(Of(1).TryWrite(NameAt(1), []));
            Assert.True(Of(1).ProbeWritable());
            return;
        }

        foreach (Action use in (Action[])[Of(1).Prepare, () => Of(1).TryWrite(NameAt(1), []), () => Of(1).ProbeWritable()])
        {
            Assert.Equal(complaint, Assert.Throws<IOException>(use).Message);
        }

        Assert.Empty(Names());
    }

    [Fact]
    public void FolderThatIsALink_IsNotFollowed()
    {
        string victim = Directory.CreateDirectory(Path.Combine(_parent, "victim")).FullName;
        Directory.CreateSymbolicLink(Folder, victim);
        foreach (string path in (string[])[Folder, Folder + "/"])
        {
            EvidenceFolder folder = new(path, 1, _thread);
            foreach (Action use in (Action[])[folder.Prepare, () => folder.TryWrite(NameAt(1), []), () => folder.ProbeWritable()])
            {
                Assert.Equal("is a link; give the folder itself", Assert.Throws<IOException>(use).Message);
            }
        }

        Assert.Empty(Directory.GetFileSystemEntries(victim));
    }

    /// <summary>Other files with names like ours neither block a read for ever nor are written through.</summary>
    [Fact]
    public void FifoUnderOneOfOurNames_KeepsNobodyWaiting()
    {
        Directory.CreateDirectory(Folder);
        Testing.KernelFifo.Make(PathOf(NameAt(1)));
        Assert.True(Of(1).TryWrite(NameAt(2), []));
        Assert.Equal([NameAt(2)], Names());
    }

    private EvidenceFolder Of(int maxFiles) => new(Folder, maxFiles, _thread);

    private void Own(uint user, uint group, int mode)
    {
        if (chown(Folder, user, group) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "chown");
        }

        File.SetUnixFileMode(Folder, (UnixFileMode)mode);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint owner, uint group);

    private static string NameAt(int second) => EvidenceName.Of(DateTimeOffset.UnixEpoch.AddSeconds(second), "a", 7, "process_at_limit");

    private string PathOf(string name) => Path.Combine(Folder, name);

    private string[] Names() => [.. Directory.GetFileSystemEntries(Folder).Select(static path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
}
