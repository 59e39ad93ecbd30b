using System.Text;
using FdExporter.Diagnosis;
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
            kept.Remove(EvidenceRoom.FirstToGo(kept, spared: file.Name)!);
        }
    }

    private static EvidenceRoom.Kept At(int second, string group, string rule, Severity severity)
        => new(EvidenceName.Of(DateTimeOffset.UnixEpoch.AddSeconds(second), group, 7, rule), severity);
}
