using System.Collections.Immutable;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Files;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning.Files;

public sealed class InotifyInstancesTests : IDisposable
{
    private readonly ProcFs _procFs = ProcFs.Open("/proc");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly HeldFds _held = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private readonly InotifyInstances _inotify;

    public InotifyInstancesTests() => _inotify = new InotifyInstances(_procFs, _time);

    public void Dispose()
    {
        _held.Dispose();
        _procFs.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Watches_AreCounted_AndASharedInstanceOnce()
    {
        int first = Instance(watches: 3);
        _held.AddDuplicate(first);
        Instance(watches: 300);
        Assert.Equal(new InotifySample(0, 2, 303), Assert.Single(Collect(out long unread)));
        Assert.Equal(0, unread);
    }

    [Fact]
    public void Instance_ThatAppearsLater_IsComparedWithTheOthers()
    {
        int first = Instance(watches: 1);
        Collect(out _);
        _held.AddDuplicate(first);
        int second = Instance(watches: 2);
        Assert.Equal(new InotifySample(0, 2, 3), Assert.Single(Collect(out _)));
        _held.Close(first);
        Assert.Equal(new InotifySample(0, 2, 3), Assert.Single(Collect(out _)));
        _held.AddDuplicate(second);
        Assert.Equal(new InotifySample(0, 2, 3), Assert.Single(Collect(out _)));
    }

    [Fact]
    public void Order_IsMadeAgainFromTimeToTime()
    {
        int first = Instance(watches: 1);
        int second = _held.AddDuplicate(first);
        Assert.Equal(1, Assert.Single(Collect(out _)).Instances);

        // Another instance at the same number: seen when all are compared again.
        HeldFds.ReplaceByInotify(second);
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(2, Assert.Single(Collect(out _)).Instances);
    }

    [Fact]
    public void Watches_AreReadAgainAfterAMinute()
    {
        int fd = Instance(watches: 1);
        Collect(out _);
        Watch(fd, 5);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, Assert.Single(Collect(out _)).Watches);
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(5, Assert.Single(Collect(out _)).Watches);
    }

    [Fact]
    public void ManyWatches_DelayOtherReadings_ForAFewScansOnly()
    {
        Instance(watches: 3000);
        Instance(watches: 2);
        Assert.Equal(3000, Assert.Single(Collect(out long unread)).Watches);
        Assert.Equal(1, unread);
        int scans = 0;
        for (; unread > 0; scans++)
        {
            Collect(out unread);
        }

        Assert.Equal(5, scans);
    }

    [Fact]
    public void ClosedInstance_HasUnknownWatches_AndNotZero()
    {
        int fd = Instance(watches: 1);
        HeldFds.CloseListed(fd);
        Assert.Equal(new InotifySample(0, 1, null), Assert.Single(Collect(out long unread)));
        Assert.Equal(1, unread);
        _held.Forget(fd);
    }

    private ImmutableArray<InotifySample> Collect(out long unread) => _inotify.Collect(_held.Listed, HeldFds.Processes, HeldFds.Deadline, out unread);

    private int Instance(int watches)
    {
        int fd = _held.AddInotify();
        Watch(fd, watches);
        return fd;
    }

    private void Watch(int fd, int watches)
    {
        for (int i = 0; i < watches; i++)
        {
            string file = Path.Combine(_folder, $"{i}");
            File.WriteAllBytes(file, []);
            HeldFds.Watch(fd, file);
        }
    }
}
