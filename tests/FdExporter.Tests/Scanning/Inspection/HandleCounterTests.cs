using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Inspection;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning.Inspection;

/// <summary>
/// When open files are counted, and what is reported for files that the kernel cannot compare: on a captured host, whose pids do not
/// exist here.
/// </summary>
public sealed class HandleCounterTests : IDisposable
{
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(3);

    private readonly FixtureHost _host = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ProcFs _procFs;

    public HandleCounterTests() => _procFs = ProcFs.Open(_host.Root);

    public void Dispose()
    {
        _procFs.Dispose();
        _host.Dispose();
    }

    [Fact]
    public async Task Count_IsReusedForAMinute()
    {
        HandleCounter counter = new(_procFs, _time);
        ProcessTable table = Table((9, "a", 5));
        HandleCount? first = await counter.CountAsync(table, s_budget);
        Assert.NotNull(first);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Same(first, await counter.CountAsync(table, s_budget));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotSame(first, await counter.CountAsync(table, s_budget));
    }

    [Fact]
    public async Task MoreDescriptorsThanCanBeFollowed_AreNotKnown()
    {
        HandleCounter counter = new(_procFs, _time) { MostDescriptors = 10 };
        Assert.Null(await counter.CountAsync(Table((9, "a", 6), (8, "b", 5)), s_budget));
    }

    [Fact]
    public async Task OutOfTime_IsNotKnown()
    {
        Fill("9", 100, "/srv/log");
        Assert.Null(await new HandleCounter(_procFs, _time).CountAsync(Table((9, "a", 100)), TimeSpan.Zero));
    }

    [Fact]
    public async Task SameNumberAndTarget_InProcessesOfOneName_AreOneFile_ButUnproven()
    {
        Fill("9", 100, "anon_inode:[eventfd]");
        Fill("8", 100, "anon_inode:[eventfd]");
        Fill("50", 100, "anon_inode:[eventfd]");
        HandleCount count = (await new HandleCounter(_procFs, _time).CountAsync(Table((9, "prefork", 100), (8, "prefork", 100), (50, "another", 100)), s_budget))!;
        Assert.Equal((300, 200), (count.Descriptors, count.Handles));
        Assert.Equal(("prefork", 2, 200, 100, 100, false), (count.Largest!.Group, count.Largest.Processes, count.Largest.Descriptors, count.Largest.Handles, count.Largest.Unproven, count.Largest.IsProven));
    }

    [Fact]
    public async Task Socket_IsIdentifiedByItsInode()
    {
        Fill("9", 100, "socket:[N]");
        Fill("8", 100, "socket:[N]");
        HandleCount count = (await new HandleCounter(_procFs, _time).CountAsync(Table((9, "master", 100), (8, "worker", 100)), s_budget))!;
        Assert.Equal((200, 100), (count.Descriptors, count.Handles));
        Assert.True(count.Largest!.IsProven);

        // It counts for the first holder: of two with the same start time the one with the lower pid.
        Assert.Equal(("worker", 100), (count.Largest.Group, count.Largest.OfFirst));
    }

    /// <summary>N is the descriptor's number.</summary>
    private void Fill(string pid, int count, string target)
    {
        string folder = _host.PathOf($"{pid}/fd");
        Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        for (int fd = 0; fd < count; fd++)
        {
            File.CreateSymbolicLink(Path.Combine(folder, $"{fd}"), target.Replace("N", $"{1000 + fd}", StringComparison.Ordinal));
        }
    }

    private static ProcessTable Table(params (int Pid, string Group, long Fds)[] processes)
        => new([.. processes.Select(static each => Snapshots.Process(each.Pid, each.Group, each.Fds))], 0, 0, 0);
}
