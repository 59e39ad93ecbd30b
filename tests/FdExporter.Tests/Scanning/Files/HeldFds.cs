using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Reading;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Scanning.Files;

/// <summary>Descriptors of this process, as a walk lists them.</summary>
internal sealed partial class HeldFds : IDisposable
{
    private static int s_last = 800;

    private readonly SortedSet<int> _fds = [];
    private readonly RowBuffer<ListedFd> _list = new();

    internal static ImmutableArray<ProcessSample> Processes { get; } = [Snapshots.Process(Environment.ProcessId, "tests", 3)];

    internal static Deadline Deadline => new(TimeProvider.System, TimeSpan.FromMinutes(1));

    internal RowBuffer<ListedFd> Listed
    {
        get
        {
            _list.Clear();
            foreach (int fd in _fds)
            {
                _list.Add(new ListedFd(0, 0, fd, 0, new ProcFolder(Environment.ProcessId)));
            }

            return _list;
        }
    }

    /// <summary>Moves it to a number that no other thread of the tests uses.</summary>
    internal int Add(int fd)
    {
        Assert.True(fd >= 0, Marshal.GetLastPInvokeErrorMessage());
        int number = Interlocked.Increment(ref s_last);
        Assert.Equal(number, dup2(fd, number));
        _ = close(fd);
        _fds.Add(number);
        return number;
    }

    internal int AddDuplicate(int fd) => Add(dup(fd));

    /// <summary>A file of this size in a folder that has no name any more, or still another one.</summary>
    internal int AddFile(string folder, int bytes, string? link = null)
    {
        string path = Path.Combine(folder, Path.GetRandomFileName());
        File.WriteAllBytes(path, new byte[bytes]);
        int fd = Add(open(path, 0));
        if (link is not null)
        {
            Assert.Equal(0, HeldFds.link(path, link));
        }

        File.Delete(path);
        return fd;
    }

    /// <summary>Opens a file and removes its name.</summary>
    internal int AddExisting(string path)
    {
        int fd = Add(open(path, 0));
        Assert.Equal(0, unlink(path));
        return fd;
    }

    internal int AddInotify() => Add(NewInotify());

    /// <summary>Another instance at the same number.</summary>
    internal static void ReplaceByInotify(int fd)
    {
        int other = NewInotify();
        Assert.Equal(fd, dup2(other, fd));
        _ = close(other);
    }

    private static int NewInotify() => inotify_init1(0x80000);

    internal static void Watch(int fd, string path) => Assert.True(inotify_add_watch(fd, path, 2) > 0, Marshal.GetLastPInvokeErrorMessage());

    /// <summary>It stays listed, as after a walk.</summary>
    internal static void CloseListed(int fd) => Assert.Equal(0, close(fd));

    /// <summary>Its number may belong to another file by now.</summary>
    internal void Forget(params IEnumerable<int> fds)
    {
        foreach (int fd in fds)
        {
            _fds.Remove(fd);
        }
    }

    internal void Close(int fd)
    {
        CloseListed(fd);
        _fds.Remove(fd);
    }

    public void Dispose()
    {
        foreach (int fd in _fds)
        {
            _ = close(fd);
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string path, string other);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(int fd, int number);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int inotify_add_watch(int fd, string path, uint mask);
}
