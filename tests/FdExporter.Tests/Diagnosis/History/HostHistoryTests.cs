using System.Collections.Immutable;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Diagnosis.History;

/// <summary>Which numbers are kept, for how long, and in how much memory, over hours of scans.</summary>
public class HostHistoryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly HostHistory _history;

    public HostHistoryTests() => _history = new HostHistory(_time);

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(20)]
    public void LivingSeries_AreNotEvictedByAFloodOfNewOnes_HoweverRareTheScans(int minutesBetweenScans)
    {
        for (int scan = 0; scan <= 60; scan++)
        {
            Advance(scan == 0 ? 0 : minutesBetweenScans);
            int minute = scan * minutesBetweenScans;
            GroupedHost host = Flood(scan);
            _history.Add(host with
            {
                Snapshot = host.Snapshot with { FileHandles = new FileHandles(1000 + (ulong)(minute * 2), long.MaxValue, null) },
                Groups = [.. host.Groups, Group("steady", 500 + (minute * 3L))],
                TopProcesses = [new TopProcess(Snapshots.Process(7, "steady", 500 + (minute * 3L)), null), .. host.TopProcesses],
                CloseWait = [.. host.CloseWait!, CloseWait("steady", "192.0.2.1:443", minute)],
            });
            Assert.InRange(_history.Count, 1, HostHistory.MostSeries);
        }

        Assert.Equal(HostHistory.MostSeries, _history.Count);
        Assert.InRange(RateOf(HistoryKey.SystemHandles), 118, 122);
        Assert.InRange(RateOf(HistoryKey.GroupFds("steady")), 178, 182);
        Assert.InRange(RateOf(HistoryKey.ProcessFds(new ProcessId(7, 1))), 178, 182);
        Assert.InRange(RateOf(HistoryKey.CloseWait("steady", ConnectionDirection.Outbound, "192.0.2.1:443", CloseWaitCause.NotClosed)), 58, 62);
    }

    [Fact]
    public void DeadSeries_MakeRoomForNewOnes()
    {
        for (int scan = 0; scan < 30; scan++)
        {
            _history.Add(Flood(scan));
            Advance(1);
        }

        Assert.Equal(HostHistory.MostSeries, _history.Count);
        GroupedHost last = Flood(30);
        _history.Add(last);
        Assert.All(last.TopProcesses, top => Assert.Single(_history.MinutesOf(HistoryKey.ProcessFds(top.Sample.Id))));
        Assert.Empty(_history.MinutesOf(HistoryKey.ProcessFds(Flood(0).TopProcesses[0].Sample.Id)));
    }

    [Fact]
    public void MoreLivingThanThereIsRoomFor_KeepTheFirst()
    {
        GroupedHost host = Host([.. Enumerable.Range(0, HostHistory.MostSeries * 2).Select(static i => Group($"g{i}", i))]);
        for (int minute = 0; minute <= 40; minute++)
        {
            _history.Add(host);
            Advance(1);
        }

        Assert.Equal(HostHistory.MostSeries, _history.Count);
        Assert.Equal(41, _history.MinutesOf(HistoryKey.GroupFds("g0")).Count);
        Assert.Empty(_history.MinutesOf(HistoryKey.GroupFds($"g{HostHistory.MostSeries}")));
    }

    [Fact]
    public void CrowdOfOneTenant_GivesUpItsYoungestForThoseOfOthers()
    {
        ProcessSample[] crowd = [.. Enumerable.Range(0, HostHistory.MostSeries * 4).Select(static i => Of("mallory", $"decoy{i / 3}", i))];
        ProcessSample[] others = [.. Enumerable.Range(0, 30).Select(static i => Of("payment.service", $"app{i / 3}", 100_000 + i))];
        HostGrouper grouper = new(new GroupLimits(20, 200, 50, 100));
        for (int minute = 0; minute < 10; minute++)
        {
            _history.Add(grouper.Group(Snapshots.Of(minute < 5 ? crowd : [.. crowd, .. others])));
            Advance(1);
        }

        Assert.Equal(HostHistory.MostSeries, _history.Count);
        Assert.All(Enumerable.Range(0, 10), i => Assert.Equal(5, _history.MinutesOf(HistoryKey.GroupProcesses($"app{i}")).Count));
        Assert.InRange(Enumerable.Range(0, crowd.Length / 3).Count(i => _history.MinutesOf(HistoryKey.GroupProcesses($"decoy{i}")).Count == 10), HostHistory.MostSeries / 2, HostHistory.MostSeries - 10);

        static ProcessSample Of(string tenant, string name, int pid)
        {
            ProcessSample process = Snapshots.Process(pid + 1, name, 5);
            return process with { Facts = process.Facts with { Tenant = tenant } };
        }
    }

    [Fact]
    public void NewcomersOfARareScan_DoNotTakeThePlaceOfTheLivingThatItHasYetToShow()
    {
        GroupSample[] living = [.. Enumerable.Range(0, HostHistory.MostSeries).Select(static i => Group($"g{i}", 5))];
        _history.Add(Host([.. living]));
        Advance(5);
        _history.Add(Host([Group("new", 7), .. living], Snapshots.Process(7, "new", 7)));
        Assert.All(living, group => Assert.Equal(6, _history.MinutesOf(HistoryKey.GroupFds(group.Name)).Count));
        Assert.Empty(_history.MinutesOf(HistoryKey.GroupFds("new")));
    }

    [Fact]
    public void ScanOfSomeCollectors_ForgetsNothingOfTheOthers()
    {
        HistoryKey key = HistoryKey.CloseWait("steady", ConnectionDirection.Outbound, "192.0.2.1:443", CloseWaitCause.NotClosed);
        for (int minute = 0; minute <= 60; minute++)
        {
            if (minute % 10 == 0)
            {
                _history.Add(Host([]) with { CloseWait = [CloseWait("steady", "192.0.2.1:443", minute)] });
            }

            // In between, scans of processes alone are requested, and the processes are new each time.
            GroupedHost flood = Flood(minute);
            _history.Add(flood with { CloseWait = null, Snapshot = flood.Snapshot with { Ownership = null } });
            Advance(1);
        }

        Assert.Equal(HostHistory.MostSeries, _history.Count);
        Assert.InRange(RateOf(key), 58, 62);
    }

    [Fact]
    public void ScanOfSomeCollectors_FeedsNothingThatItDidNotSee()
    {
        HistoryKey process = HistoryKey.ProcessFds(new ProcessId(7, 1));
        HistoryKey type = HistoryKey.LargestOfType("a", FdType.EventFd);
        _history.Add(Holding(900, FdType.EventFd, 800));
        Advance(1);
        HostSnapshot partial = Snapshots.Of() with { Processes = null, FileHandles = new FileHandles(5, 9, null) };
        _history.Add(new HostGrouper(new GroupLimits(20, 200, 50, 100)).Group(partial));
        Advance(1);
        _history.Add(Host([Group("a", 901)], Snapshots.Process(7, "a", 901)) with { CloseWait = null });
        Assert.Equal([900L, null, 901L], _history.MinutesOf(process));
        Assert.Equal([800L], _history.MinutesOf(type));
        Assert.Equal([5L], _history.MinutesOf(HistoryKey.SystemHandles));
    }

    [Fact]
    public void RestartedProcess_OfTheSamePid_IsAnotherSeries()
    {
        for (int minute = 0; minute <= 40; minute++)
        {
            ulong start = minute < 30 ? 1ul : 2ul;
            _history.Add(Host([], Snapshots.Process(7, "a", minute < 30 ? 1000 + (minute * 10) : 20) with { Id = new ProcessId(7, start) }));
            Advance(1);
        }

        Assert.Null(_history.GrowthOf(HistoryKey.ProcessFds(new ProcessId(7, 1))));
        Assert.Equal(0, RateOf(HistoryKey.ProcessFds(new ProcessId(7, 2))));
        Assert.Equal(11, _history.MinutesOf(HistoryKey.ProcessFds(new ProcessId(7, 2))).Count);
    }

    [Fact]
    public void GroupWithAFixedLeak_NoLongerClimbs()
    {
        HistoryKey key = HistoryKey.LargestOfType("a", FdType.EventPoll);
        for (int minute = 0; minute <= 130; minute++)
        {
            _history.Add(Holding(2000, FdType.EventPoll, 200 + (minute * 10)));
            Advance(1);
        }

        Assert.True(_history.GrowthOf(key)!.Value.Climb.IsClimbing);

        // It was restarted, and holds few: too few to start a series.
        _history.Add(Holding(40, FdType.EventPoll, 5));
        Assert.False(_history.GrowthOf(key)!.Value.Climb.IsClimbing);
        Assert.Equal(5, _history.MinutesOf(key)[^1]);
    }

    [Fact]
    public void SeriesNoLongerShown_DoesNotGrow()
    {
        HistoryKey key = HistoryKey.ProcessFds(new ProcessId(7, 1));
        for (int minute = 0; minute <= 60; minute++)
        {
            _history.Add(Host([], Snapshots.Process(7, "a", 100 + (minute * 10))));
            Advance(1);
        }

        Assert.InRange(RateOf(key), 590, 610);
        Advance(5);
        Assert.Null(_history.GrowthOf(key));
        _history.Add(Host([], Snapshots.Process(7, "a", 760)));
        Assert.InRange(RateOf(key), 590, 610);
    }

    [Fact]
    public void FewOfAType_AreNoSeries()
    {
        _history.Add(Holding(300, FdType.Pipe, 19));
        Assert.Empty(_history.MinutesOf(HistoryKey.LargestOfType("a", FdType.Pipe)));
        _history.Add(Holding(300, FdType.Pipe, 50));
        Assert.Equal([50L], _history.MinutesOf(HistoryKey.LargestOfType("a", FdType.Pipe)));
    }

    [Fact]
    public async Task AnyThread_MayFeedAndAsk()
    {
        HistoryKey key = HistoryKey.SystemHandles;
        using CancellationTokenSource end = new();
        Task[] askers = [.. Enumerable.Range(0, 3).Select(each => Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                _ = _history.GrowthOf(key);
                Assert.InRange(_history.MinutesOf(key).Count, 0, HistorySeries.Length);
                Assert.InRange(_history.Count, 0, HostHistory.MostSeries);
            }
        }))];
        await Task.WhenAll(Enumerable.Range(0, 2).Select(feeder => Task.Run(() =>
        {
            for (int scan = 0; scan < 200; scan++)
            {
                GroupedHost host = Flood((scan * 2) + feeder);
                _history.Add(host with { Snapshot = host.Snapshot with { FileHandles = new FileHandles(1000, 9999, null) } });
                Advance(1);
            }
        })));
        await end.CancelAsync();
        await Task.WhenAll(askers);
        Assert.Equal(HistorySeries.Length, _history.MinutesOf(key).Count);
        Assert.All(_history.MinutesOf(key), static floor => Assert.True(floor is null or 1000, $"{floor}"));
    }

    private double RateOf(HistoryKey key) => _history.GrowthOf(key)!.Value.PerHour;

    private void Advance(int minutes) => _time.Advance(TimeSpan.FromMinutes(minutes));

    /// <summary>A host on which everything differs from the previous scan: 50 new processes, groups and endpoints.</summary>
    internal static GroupedHost Flood(int scan) => Host(
        [.. Enumerable.Range(0, 50).Select(i => Group(FormattableString.Invariant($"g{scan}-{i}"), 1000))],
        [.. Enumerable.Range(0, 50).Select(i => Snapshots.Process(1000 + (scan * 50) + i, "a", 1000))]) with
    {
        CloseWait = [.. Enumerable.Range(0, 50).Select(i => CloseWait("a", FormattableString.Invariant($"192.0.2.{scan}:{i}"), 3))],
    };

    private static GroupedHost Host(ImmutableArray<GroupSample> groups, params ProcessSample[] processes) => new()
    {
        Snapshot = Snapshots.Of(processes) with { Ownership = new SocketOwnership([.. new ProcessHoldings?[processes.Length]], default, default, [], 0, 0) },
        Groups = groups,
        TopProcesses = [.. processes.Select(static process => new TopProcess(process, null))],
        CloseWait = [],
    };

    private static GroupSample Group(string name, long openFds) => new(name, 1, openFds, openFds, null);

    private static GroupedHost Holding(long openFds, FdType type, int count) => new HostGrouper(new GroupLimits(20, 200, 50, 100)).Group(
        WatchedHost.Owning(Snapshots.Of(Snapshots.Process(7, "a", openFds)), [WatchedHost.Holding(type, count)]));

    private static CloseWaitGroup CloseWait(string group, string endpoint, long count)
        => new(group, ConnectionDirection.Outbound, endpoint, [count, null, null], TimeSpan.Zero, default);
}
