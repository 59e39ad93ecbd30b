using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Grouping;

/// <summary>What is shown of deleted files and inotify.</summary>
public class FilesGroupingTests
{
    [Fact]
    public void DeletedFiles_AreAddedUpByProgramAndMountPoint()
    {
        GroupedHost host = Group(50, new DeletedFilesSample(0, "/srv", 1, 1, 100), new DeletedFilesSample(1, "/srv", 1, 1, 50), new DeletedFilesSample(2, "/srv", 1, 1, 7), new DeletedFilesSample(0, "/tmp", 2, 1, 5));
        Assert.Equal(
            [new("a", "/srv", 150, null), new("a", "/tmp", 5, null), new("b", "/srv", 7, null)],
            host.DeletedFiles!.Value);
        Assert.Equal(0, host.FoldedDeletedFiles);
    }

    [Fact]
    public void Ratio_IsThatOfTheFullestFileSystem()
    {
        GroupedHost host = Group(
            50,
            new DeletedFilesSample(0, "/", 1, 1, 100) { FileSystemBytes = 1000 },
            new DeletedFilesSample(1, "/", 1, 1, 100) { FileSystemBytes = 1000 },
            new DeletedFilesSample(1, "/", 2, 1, 100) { FileSystemBytes = 10_000 },
            new DeletedFilesSample(1, "/", 3, 1, 100));
        Assert.Equal(new DeletedFilesGroup("a", "/", 400, 0.2), Assert.Single(host.DeletedFiles!.Value));
    }

    [Fact]
    public void BeyondTheLimit_TheRestOfEachProgramIsInOther_AndSumsAreTrue()
    {
        GroupedHost host = Group(1, new DeletedFilesSample(0, "/a", 1, 1, 100) { FileSystemBytes = 1000 }, new DeletedFilesSample(0, "/b", 2, 1, 10) { FileSystemBytes = 1000 }, new DeletedFilesSample(2, "/c", 3, 1, 1));
        Assert.Equal([new("a", "/a", 100, 0.1), new("a", "other", 10, null), new("b", "other", 1, null)], host.DeletedFiles!.Value);
        Assert.Equal(2, host.FoldedDeletedFiles);
    }

    [Fact]
    public void ShownMountPoint_StaysWithZero_WhileItsProgramIsThere()
    {
        HostGrouper grouper = Grouper(50);
        grouper.Group(Host(new DeletedFilesSample(0, "/tmp", 1, 1, 100) { FileSystemBytes = 1000 }));
        Assert.Equal([new("a", "/tmp", 0, null)], grouper.Group(Host()).DeletedFiles!.Value);
        Assert.Empty(grouper.Group(Host() with { Processes = Snapshots.Of(Snapshots.Process(3, "b", 3)).Processes }).DeletedFiles!.Value);
    }

    [Fact]
    public void InotifyUsers_NearestToALimitAreShown_AndTheOthersAddedUp()
    {
        HostSnapshot snapshot = Snapshots.Of(Of(1, 0, "root"), Of(2, 1000, "build"), Of(3, 1001, "agent"), Of(4, 1002, "agent")) with
        {
            Files = new FileUse([], [new(0, 4, 10), new(1, 9, null), new(2, 1, 900), new(3, 2, null)], 0, 0) { MaxInotifyInstances = 128, MaxInotifyWatches = 1000 },
        };
        GroupedHost all = Grouper(50).Group(snapshot);
        Assert.Equal([new("1002", 2, null), new("agent", 1, 900), new("build", 9, null), new("root", 4, 10)], all.InotifyUsers!.Value);
        GroupedHost some = Grouper(2).Group(snapshot);
        Assert.Equal([new("agent", 1, 900), new("build", 9, null), new("other", 6, 10)], some.InotifyUsers!.Value);
        Assert.Equal(2, some.FoldedInotifyUsers);
    }

    private static GroupedHost Group(int limit, params DeletedFilesSample[] samples) => Grouper(limit).Group(Host(samples));

    private static HostGrouper Grouper(int limit) => new(new GroupLimits(20, 200, limit, 100) { NameAge = TimeSpan.Zero });

    private static HostSnapshot Host(params DeletedFilesSample[] samples)
        => Snapshots.Of(Snapshots.Process(1, "a", 3), Snapshots.Process(2, "a", 3), Snapshots.Process(3, "b", 3)) with { Files = new FileUse([.. samples], [], 0, 0) };

    private static ProcessSample Of(int pid, uint uid, string user)
        => Snapshots.Process(pid, "a", 3) with { Facts = Snapshots.Process(pid, "a", 3).Facts with { Uid = uid, User = user } };
}
