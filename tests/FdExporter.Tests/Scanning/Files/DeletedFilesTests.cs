using System.Collections.Immutable;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Files;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning.Files;

public sealed class DeletedFilesTests : IDisposable
{
    private const int Size = 64 * 1024;

    private readonly ProcFs _procFs = ProcFs.Open("/proc");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly HeldFds _held = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private readonly DeletedFiles _files;

    public DeletedFilesTests() => _files = new DeletedFiles(_procFs, _time);

    public void Dispose()
    {
        _held.Dispose();
        _procFs.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void File_CountsOnceWithItsBlocksOnItsMount()
    {
        _held.AddDuplicate(_held.AddFile(_folder, Size));
        _held.AddFile(_folder, Size);
        DeletedFilesSample sample = Assert.Single(Collect(out long unread));
        Assert.Equal((0, 2L, 2L * Size, 0L), (sample.Process, sample.Files, sample.Bytes, unread));
        Assert.True(_folder.StartsWith(sample.Mountpoint, StringComparison.Ordinal), sample.Mountpoint);
    }

    [Fact]
    public void SizeOfTheFileSystem_IsThatOfStatfs_OnADisk()
    {
        DriveInfo drive = new("/var/tmp");
        Assert.SkipUnless(drive.DriveFormat is "ext4" or "xfs" or "btrfs" or "overlay" or "overlayfs", $"{drive.DriveFormat} is no disk");
        _held.AddFile("/var/tmp", Size);
        Assert.Equal(drive.TotalSize, Assert.Single(Collect(out _)).FileSystemBytes);
    }

    [Fact]
    public void FileWithAnotherName_FreesNothing_AndDoesNotCount()
    {
        _held.AddFile(_folder, Size, link: Path.Combine(_folder, "other"));
        Assert.Empty(Collect(out long unread));
        Assert.Equal(0, unread);
    }

    [Fact]
    public void FileThatWasClosed_CountsNoMore()
    {
        int fd = _held.AddFile(_folder, Size);
        Assert.Single(Collect(out _));
        HeldFds.CloseListed(fd);
        Assert.Empty(Collect(out long unread));
        Assert.Equal(0, unread);
        _held.Forget(fd);
    }

    [Fact]
    public void LastingBytes_AreThoseSeenForAMinute()
    {
        _held.AddFile(_folder, Size);
        Assert.Equal(0, Assert.Single(Collect(out _)).LastingBytes);
        _time.Advance(TimeSpan.FromSeconds(61));
        _held.AddFile(_folder, Size);
        DeletedFilesSample sample = Assert.Single(Collect(out _));
        Assert.Equal((2L * Size, (long)Size), (sample.Bytes, sample.LastingBytes));
    }

    [Fact]
    public void BeyondTheBudget_FilesAreCountedAsUnread_AndReadByLaterScans()
    {
        DeletedFiles files = new(_procFs, _time) { MostAsked = 2 };
        for (int i = 0; i < 5; i++)
        {
            _held.AddFile(_folder, Size);
        }

        Assert.Equal((2L, 3L), (Assert.Single(files.Collect(_held.Listed, HeldFds.Processes, HeldFds.Deadline, out long unread)).Files, unread));
        Assert.Equal((4L, 1L), (Assert.Single(files.Collect(_held.Listed, HeldFds.Processes, HeldFds.Deadline, out unread)).Files, unread));
        Assert.Equal((5L, 0L), (Assert.Single(files.Collect(_held.Listed, HeldFds.Processes, HeldFds.Deadline, out unread)).Files, unread));
    }

    [Fact]
    public void KnownFiles_AreAskedAboutInTurn_AndKeepTheLastAnswer()
    {
        DeletedFiles files = new(_procFs, _time) { MostAsked = 1 };
        int[] fds = [_held.AddFile(_folder, Size), _held.AddFile(_folder, Size), _held.AddFile(_folder, Size)];
        for (int i = 0; i < 3; i++)
        {
            files.Collect(_held.Listed, HeldFds.Processes, HeldFds.Deadline, out _);
        }

        foreach (int fd in fds)
        {
            HeldFds.CloseListed(fd);
        }

        Assert.Equal(2, Assert.Single(files.Collect(_held.Listed, HeldFds.Processes, HeldFds.Deadline, out _)).Files);
        Assert.Equal(1, Assert.Single(files.Collect(_held.Listed, HeldFds.Processes, HeldFds.Deadline, out _)).Files);
        Assert.Empty(files.Collect(_held.Listed, HeldFds.Processes, HeldFds.Deadline, out _));
        _held.Forget(fds);
    }

    /// <summary>Only what the kernel knows is asked for, and never the size of such a file system.</summary>
    [Fact]
    [Needs("root")]
    public async Task FileOnADeadNetworkFileSystem_HangsNobody()
    {
        using DeadDisk disk = DeadDisk.Alive(_folder, ("log", "text"));
        _held.AddExisting(Path.Combine(_folder, "log"));
        disk.Die();
        Task<ImmutableArray<DeletedFilesSample>> collecting = Task.Run(() => Collect(out _), TestContext.Current.CancellationToken);
        DeletedFilesSample sample = Assert.Single(await collecting.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal((_folder, null), (sample.Mountpoint, sample.FileSystemBytes));
    }

    private ImmutableArray<DeletedFilesSample> Collect(out long unread) => _files.Collect(_held.Listed, HeldFds.Processes, HeldFds.Deadline, out unread);
}
