using System.Text;
using FdExporter.Diagnosis.Findings;
using FdExporter.Evidence;

namespace FdExporter.Tests.Evidence;

/// <summary>Which file makes room for another.</summary>
public class EvidenceRoomTests
{
    [Fact]
    public void ManyOfOneKind_DriveOutNoneOfAnother()
    {
        List<EvidenceRoom.Kept> kept = [];
        for (int i = 0; i < 6; i++)
        {
            Add(kept, 20, At(i, $"hung{i}", "close_wait_not_read", Severity.Warning));
        }

        for (int i = 6; i < 200; i++)
        {
            Add(kept, 20, At(i, $"grows{i}", "fds_climbing", Severity.Warning));
        }

        Assert.Equal(6, kept.Count(static file => file.Rule == "close_wait_not_read.json"));
        Assert.Equal(Enumerable.Range(186, 14).Select(static i => $"grows{i}-7"), kept.Where(static file => file.Rule == "fds_climbing.json").Select(static file => file.Process));
    }

    [Fact]
    public void ManyOfOneProcess_DriveOutNoneOfAnother()
    {
        List<EvidenceRoom.Kept> kept = [];
        Add(kept, 4, At(0, "rare", "process_at_limit", Severity.Critical));
        for (int i = 1; i < 50; i++)
        {
            Add(kept, 4, At(i, "often", "process_at_limit", Severity.Critical));
        }

        Assert.Equal(["rare-7", "often-7", "often-7", "often-7"], kept.Select(static file => file.Process));
    }

    [Fact]
    public void MoreSevere_DrivesOutLess_WhateverIsMost()
    {
        List<EvidenceRoom.Kept> kept = [];
        Add(kept, 3, At(0, "a", "close_wait_not_accepted", Severity.Critical));
        Add(kept, 3, At(1, "b", "close_wait_not_accepted", Severity.Critical));
        Add(kept, 3, At(2, "c", "fds_climbing", Severity.Warning));
        Add(kept, 3, At(3, "d", "close_wait_not_accepted", Severity.Critical));
        Assert.Equal(["a-7", "b-7", "d-7"], kept.Select(static file => file.Process));
    }

    /// <summary>Of any severity, under any names, from any number of units that the user starts.</summary>
    [Fact]
    public void ManyOfOneUser_DriveOutNoneOfOthers()
    {
        List<EvidenceRoom.Kept> kept = [];
        Add(kept, 20, At(0, "appserver", "close_wait_not_closed", Severity.Warning, "payment", "payment.service"));
        Add(kept, 20, At(1, "nginx", "fds_climbing", Severity.Note, "root", "nginx.service"));
        for (int i = 2; i < 200; i++)
        {
            Add(kept, 20, At(i, $"decoy{i}", "process_at_limit", Severity.Critical, "mallory", $"run-{i}.scope"));
        }

        for (int i = 200; i < 213; i++)
        {
            Add(kept, 20, At(i, $"honest{i}", "fds_climbing", Severity.Note, "root", $"honest{i}.service"));
        }

        Assert.Equal(["appserver-7", "nginx-7"], kept.Take(2).Select(static file => file.Process));
        Assert.Equal(5, kept.Count(static file => file.Process.StartsWith("decoy", StringComparison.Ordinal)));
        Assert.Equal(13, kept.Count(static file => file.Process.StartsWith("honest", StringComparison.Ordinal)));
    }

    /// <summary>A range of user ids belongs to the unit that they run in.</summary>
    [Fact]
    public void ManyUsersOfOneUnit_DriveOutNoneOfOthers()
    {
        List<EvidenceRoom.Kept> kept = [];
        Add(kept, 20, At(0, "appserver", "close_wait_not_closed", Severity.Warning, "payment", "payment.service"));
        for (int i = 1; i < 200; i++)
        {
            Add(kept, 20, At(i, $"decoy{i}", "process_at_limit", Severity.Critical, $"{100_000 + i}", $"user@1000.service/{i}.service"));
        }

        Assert.Equal("appserver-7", kept[0].Process);
    }

    [Theory]
    [InlineData("container_id", "pod_uid")]
    [InlineData("container", "pod")] // of version 0.1
    public void Kept_IsReadFromWhatAFileBeginsWith(string container, string pod)
    {
        string name = EvidenceName.Of(DateTimeOffset.UnixEpoch, "a", 7, "r");
        EvidenceRoom.Kept kept = EvidenceRoom.Kept.Of(
            name,
            Encoding.UTF8.GetBytes($"{{ \"process\": {{ \"group\": \"\\\"user\\\": \\\"root\", \"user\": \"mallory\", \"unit\": \"\", \"{container}\": \"3f1e\", \"{pod}\": \"\" }}, \"findings\": [ {{ \"severity\": \"warning\" }} ]"));
        Assert.Equal((name, Severity.Warning), (kept.Name, kept.Severity));
        Assert.Equal(["user mallory", "container 3f1e"], kept.Claimants.Skip(1));
        Assert.Empty(EvidenceRoom.Kept.Of(name, default).Claimants);
    }

    [Theory]
    [InlineData("{ \"host\": \"x\", \"findings\": [ { \"rule\": \"r\", \"severity\": \"critical\", ", Severity.Critical)]
    [InlineData("{ \"findings\": [ { \"severity\": \"warning\" }, { \"severity\": \"critical\" } ]", Severity.Warning)]
    [InlineData("{ \"host\": \"\\\"severity\\\": \\\"critical\\\"\", \"severity\": \"note\"", Severity.Note)]
    [InlineData("", Severity.Note)]
    [InlineData("\"severity\": \"crit", Severity.Note)]
    public void Severity_IsThatOfTheFirstFinding(string head, object severity)
        => Assert.Equal((Severity)severity, EvidenceRoom.SeverityOf(Encoding.UTF8.GetBytes(head)));

    private static void Add(List<EvidenceRoom.Kept> kept, int most, EvidenceRoom.Kept file)
    {
        kept.Add(file);
        if (kept.Count > most)
        {
            kept.Remove(EvidenceRoom.FirstToGo(kept, most, file));
        }
    }

    private static EvidenceRoom.Kept At(int second, string group, string rule, Severity severity, string user = "", string unit = "")
        => new(EvidenceName.Of(DateTimeOffset.UnixEpoch.AddSeconds(second), group, 7, rule), severity, EvidenceShares.ClaimantsOf(group, user, unit, "", ""));
}
