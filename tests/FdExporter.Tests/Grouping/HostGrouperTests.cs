using CsCheck;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Grouping;

public class HostGrouperTests
{
    [Fact]
    public void Group_SameName_AddsUpAndKeepsTheWorstMember()
    {
        GroupedHost host = new HostGrouper(new GroupLimits(20, 200, 50, 100)).Group(Snapshots.Of(
            Snapshots.Process(1, "a", 10, 100),
            Snapshots.Process(2, "a", 90, 1000),
            Snapshots.Process(3, "a", null)));
        Assert.Equal(new GroupSample("a", 3, 100, 90, 0.1), Assert.Single(host.Groups));
    }

    [Fact]
    public void Group_NoMemberCanBeCounted_IsUnknownAndNotZero()
    {
        GroupedHost host = new HostGrouper(new GroupLimits(20, 200, 50, 100)).Group(Snapshots.Of(Snapshots.Process(1, "a", null)));
        Assert.Equal(new GroupSample("a", 1, null, null, null), Assert.Single(host.Groups));
    }

    [Theory]
    [InlineData(null, 0.0, false)]
    [InlineData(20ul, 0.5, false)]
    [InlineData(10ul, 1.0, false)]
    [InlineData(9ul, null, true)]
    [InlineData(0ul, null, true)]
    public void FdRatio_OfTheSoftLimit_IsNoneWhereThatWasLoweredBelowWhatIsOpen(ulong? limit, double? ratio, bool isAbove)
    {
        ProcessSample process = Snapshots.Process(1, "a", 10, limit);
        Assert.Equal((ratio, isAbove), (process.FdRatio, process.IsAboveLimit));
        Assert.Equal(limit is null || isAbove ? null : limit - 10.0, process.RoomToLimit);
    }

    [Fact]
    public void FdRatio_OfSeveralTables_IsThatOfTheLargest()
    {
        ProcessSample process = Snapshots.Process(1, "a", 1200, 1000) with { LargestTable = 800 };
        Assert.Equal((0.8, false, 200.0), (process.FdRatio, process.IsAboveLimit, process.RoomToLimit));
    }

    [Fact]
    public void Top_ProcessesAboveTheirLimit_TakeNoPlaceOfThoseNearTheirs()
    {
        ProcessSample[] sandboxed = [.. Enumerable.Range(1, 40).Select(static pid => Snapshots.Process(pid, "sandboxed", 14, (ulong)(pid % 9)))];
        ProcessSample[] large = [.. Enumerable.Range(101, 40).Select(static pid => Snapshots.Process(pid, "large", 5000, 1_000_000))];
        GroupedHost host = new HostGrouper(new GroupLimits(20, 20, 50, 100)).Group(Snapshots.Of([.. sandboxed, .. large, Snapshots.Process(99, "near", 97, 100)]));
        Assert.Contains(host.TopProcesses, static top => top.Sample.Id.Pid == 99);
        Assert.DoesNotContain(host.TopProcesses, static top => top.Sample.Facts.Group == "sandboxed");
        Assert.Null(host.Groups.Single(static group => group.Name == "sandboxed").MaxProcessFdRatio);
        Assert.Equal(0.97, host.Groups.Single(static group => group.Name == "near").MaxProcessFdRatio);
    }

    [Fact]
    public void Group_Folded_SumsStayTheTrueTotals()
        => Gen.Select(Gen.Int[0, 20], Gen.Int[0, 5000], Gen.Bool).Array[0, 60].Sample(processes =>
        {
            HostSnapshot snapshot = Snapshots.Of([.. processes.Select((each, i) =>
                Snapshots.Process(i + 1, $"group{each.Item1}", each.Item3 ? each.Item2 : null))]);
            GroupedHost host = new HostGrouper(new GroupLimits(8, 5, 50, 100)).Group(snapshot);
            long total = snapshot.Processes!.Processes.Sum(static each => each.OpenFds ?? 0);
            Assert.Equal(total, host.Groups.Sum(static each => each.OpenFds ?? 0));
            Assert.Equal(total, host.TopProcesses.Sum(static each => each.Sample.OpenFds ?? 0) + (host.FoldedOpenFds ?? 0));
            Assert.Equal(processes.Length, host.Groups.Sum(static each => each.Processes));
            Assert.Equal(processes.Length, host.TopProcesses.Length + host.FoldedProcesses);
            Assert.True(host.Groups.Length <= 6);
            Assert.True(host.TopProcesses.Length <= 8);
        });

    [Fact]
    public void Group_ProgramCalledOther_IsFoldedAndNotShownTwice()
    {
        GroupedHost host = new HostGrouper(new GroupLimits(20, 1, 50, 100)).Group(Snapshots.Of(
            Snapshots.Process(1, "big", 100),
            Snapshots.Process(2, "other", 200),
            Snapshots.Process(3, "small", 1)));
        Assert.Equal(host.Groups.Select(static each => each.Name), host.Groups.Select(static each => each.Name).Distinct());
        Assert.Equal(301, host.Groups.Sum(static each => each.OpenFds));
    }

    [Fact]
    public void Group_WhatNoRuleMatches_TakesNoPlaceAndIsNotCountedAsFolded()
    {
        GroupedHost host = new HostGrouper(new GroupLimits(20, 1, 50, 100)).Group(Snapshots.Of(
            Snapshots.Process(1, GroupSample.Other, 200),
            Snapshots.Process(2, "shop", 100)));
        Assert.Equal([("shop", 100), (GroupSample.Other, 200)], host.Groups.Select(static each => (each.Name, each.OpenFds ?? 0)));
        Assert.Equal(0, host.FoldedGroups);
    }

    [Fact]
    public void TopProcesses_OneNearItsLimit_IsShownBesideLargerOnes()
    {
        List<ProcessSample> processes = [.. Enumerable.Range(1, 30).Select(static pid => Snapshots.Process(pid, "large", 5000, 1_000_000))];
        processes.Add(Snapshots.Process(99, "small", 900, 1024));
        GroupedHost host = new HostGrouper(new GroupLimits(20, 200, 50, 100)).Group(Snapshots.Of([.. processes]));
        Assert.Equal(20, host.TopProcesses.Length);
        Assert.Contains(host.TopProcesses, static each => each.Sample.Id.Pid == 99);
    }

    [Fact]
    public void TopProcesses_SamePidOtherStart_IsAnotherProcess()
    {
        HostGrouper grouper = new(new GroupLimits(1, 200, 50, 100));
        grouper.Group(Snapshots.Of(Snapshots.Process(1, "old", 100), Snapshots.Process(2, "b", 90)));
        ProcessSample reused = Snapshots.Process(1, "new", 80) with { Id = new ProcessId(1, 2) };
        GroupedHost host = grouper.Group(Snapshots.Of(reused, Snapshots.Process(2, "b", 90)));
        Assert.Equal("b", Assert.Single(host.TopProcesses).Sample.Facts.Group);
    }

    /// <summary>300 new names on each scan: after an hour there are no more series than places, and nothing else is displaced.</summary>
    [Fact]
    public void Churn_OfShortLivedNames_IsBounded_AndARestartIsSeenAtOnce()
    {
        SteppedTime time = new();
        HostGrouper grouper = new(new GroupLimits(20, 100, 50, 100), time);
        HashSet<string> groups = [];
        HashSet<ProcessId> processes = [];
        const int Scans = 240;
        for (int scan = 0; scan < Scans; scan++)
        {
            DateTimeOffset now = DateTimeOffset.UnixEpoch + (scan * TimeSpan.FromSeconds(15));
            int first = 1000 + (scan * 300);
            ProcessSample restarted = Snapshots.Process(500 + scan, "restarted", 20);
            GroupedHost host = grouper.Group(Snapshots.Of(
                [
                    .. Enumerable.Range(1, 40).Select(static pid => Snapshots.Process(pid, $"service{pid}", 10)),
                    restarted with { Facts = restarted.Facts with { StartTime = now - TimeSpan.FromSeconds(10) } },
                    .. Enumerable.Range(first, 300).Select(pid => Young(pid, pid % 3 == 0 ? 5000 : 100)),
                ]) with { TakenAt = now });
            groups.UnionWith(host.Groups.Select(static group => group.Name));
            processes.UnionWith(host.TopProcesses.Select(static top => top.Sample.Id));
            Assert.All(Enumerable.Range(1, 40), i => Assert.Contains(host.Groups, group => group.Name == $"service{i}"));
            Assert.Contains(host.Groups, static group => group.Name == "restarted");
            Assert.Equal(host.Snapshot.Processes!.Processes.Sum(static each => each.OpenFds), host.Groups.Sum(static group => group.OpenFds));
            time.Advance(TimeSpan.FromSeconds(15));

            ProcessSample Young(int pid, long openFds)
            {
                ProcessSample process = Snapshots.Process(pid, $"x{pid}", openFds);
                return process with { Facts = process.Facts with { StartTime = now - TimeSpan.FromSeconds(5), Tenant = "mallory" } };
            }
        }

        // A quarter of the places in a minute, and all of them at the first scan.
        Assert.InRange(groups.Count, 42, 100 + (25 * ((Scans / 4) + 1)));
        Assert.InRange(processes.Count, 20, 20 + (5 * ((Scans / 4) + 1)));
    }

    [Fact]
    public void NameThatStays_IsShownAfterAMinute_AndAtOnceIfItHoldsMuch()
    {
        SteppedTime time = new();
        TimeSpan elapsed = TimeSpan.Zero;
        HostGrouper grouper = new(new GroupLimits(20, 100, 50, 100), time);
        Assert.Equal(["a", "first"], ShownAt(0, ("a", 10), ("first", 10)));
        Assert.Equal(["a", "large", "other"], ShownAt(15, ("a", 10), ("new", 10), ("large", 1000)));
        Assert.Equal(["a", "large", "other"], ShownAt(60, ("a", 10), ("new", 10), ("large", 1000)));
        Assert.Equal(["a", "large", "new"], ShownAt(75, ("a", 10), ("new", 10), ("large", 1000)));

        IEnumerable<string> ShownAt(int seconds, params (string Name, long OpenFds)[] programs)
        {
            time.Advance(TimeSpan.FromSeconds(seconds) - elapsed);
            elapsed = TimeSpan.FromSeconds(seconds);
            DateTimeOffset now = DateTimeOffset.UnixEpoch + elapsed;
            ProcessSample[] processes = [.. programs.Select((each, i) => Snapshots.Process(i + 1, each.Name, each.OpenFds))];
            return grouper.Group(Snapshots.Of([.. processes.Select(process => process with
            {
                Facts = process.Facts with { StartTime = process.Facts.Group == "a" ? DateTimeOffset.UnixEpoch - TimeSpan.FromDays(1) : now },
            })]) with { TakenAt = now }).Groups.Select(static group => group.Name);
        }
    }

    [Fact]
    public void NewRules_MakeNewNames_ThatAreShownAtOnce()
    {
        SteppedTime time = new();
        HostGrouper grouper = new(new GroupLimits(20, 100, 50, 100), time);
        Assert.Equal(["a", "b"], Shown(0, "a", "b"));
        Assert.Equal(["b", "other"], Shown(0, "x", "b"));
        Assert.Equal(["c", "d"], Shown(1, "c", "d"));
        Assert.Equal(["c", "other"], Shown(1, "c", "e"));

        IEnumerable<string> Shown(int naming, params string[] names)
        {
            time.Advance(TimeSpan.FromSeconds(15));
            HostSnapshot snapshot = Snapshots.Of([.. names.Select(static (name, i) => Snapshots.Process(i + 1, name, 10))]);
            return grouper.Group(snapshot with { Processes = snapshot.Processes! with { Naming = naming } }).Groups.Select(static group => group.Name);
        }
    }

    [Fact]
    public void TopProcesses_DecoysOfOneUserNearTheirLimit_LeavePlacesToOthers()
    {
        ProcessSample[] decoys = [.. Enumerable.Range(1, 200).Select(static pid => Of(Snapshots.Process(pid, "decoy", 60_000, 60_000), "mallory"))];
        ProcessSample[] others = [.. Enumerable.Range(301, 10).Select(static pid => Of(Snapshots.Process(pid, $"service{pid}", 100), $"service{pid}.service"))];
        GroupedHost host = new HostGrouper(new GroupLimits(20, 200, 50, 100)).Group(Snapshots.Of([.. decoys, .. others, Of(Snapshots.Process(400, "near", 97, 100), "near.service")]));
        Assert.Contains(host.TopProcesses, static top => top.Sample.Id.Pid == 400);
        Assert.Equal(11, host.TopProcesses.Count(static top => top.Sample.Facts.Tenant == "mallory"));

        static ProcessSample Of(ProcessSample process, string tenant) => process with { Facts = process.Facts with { Tenant = tenant } };
    }

    [Fact]
    public void Copy_ChoosesAsTheOriginalWould_AndChangesNothingOfIt()
    {
        HostSnapshot first = Snapshots.Of(Snapshots.Process(1, "a", 100), Snapshots.Process(2, "b", 90));
        HostSnapshot newcomer = Snapshots.Of(Snapshots.Process(1, "a", 100), Snapshots.Process(2, "b", 110));
        HostSnapshot other = Snapshots.Of(Snapshots.Process(1, "a", 100), Snapshots.Process(2, "b", 900));
        HostGrouper grouper = new(new GroupLimits(1, 1, 50, 100));
        grouper.Group(first);

        // A value a tenth larger does not take a place, in the copy either.
        Assert.Equal("a", Assert.Single(grouper.Copy().Group(newcomer).TopProcesses).Sample.Facts.Group);
        Assert.Equal("b", Assert.Single(grouper.Copy().Group(other).TopProcesses).Sample.Facts.Group);
        Assert.Equal(["a", GroupSample.Other], grouper.Group(newcomer).Groups.Select(static each => each.Name));
        Assert.Equal("a", Assert.Single(grouper.Group(newcomer).TopProcesses).Sample.Facts.Group);
    }
}
