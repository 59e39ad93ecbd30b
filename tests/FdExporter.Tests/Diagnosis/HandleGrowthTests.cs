using FdExporter.Diagnosis.Findings;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using static FdExporter.Tests.Diagnosis.WatchedHost;

namespace FdExporter.Tests.Diagnosis;

/// <summary>What a rise of the machine's handles consists of, and since when.</summary>
public class HandleGrowthTests
{
    private const int Minutes = 180;

    [Fact]
    public void Rise_NamesTheProgramsThatRose_TheirKindAndAddress()
    {
        VerdictInput input = After(Minutes, static minute => Snapshot(
            Before(Minutes - minute, 20_000, 4_900),
            [Process(7, "appserver", Before(Minutes - minute, 15_000, 4_600)), Process(8, "nginx", Before(Minutes - minute, 1_100, 300)), Process(9, "idle", 900)],
            [Connected(Before(Minutes - minute, 15_000, 4_600)), Holding(FdType.File, Before(Minutes - minute, 1_100, 300)), Holding(FdType.Pipe, 900)],
            [Idle(0, "10.0.0.7:5432", Before(Minutes - minute, 15_000, 4_600))]));
        Assert.StartsWith(
            "This machine uses 20 000 file handles (threshold 15 000), +4 900/h, of which +4 600/h appserver (connections to 10.0.0.7:5432, established, idle), +300/h nginx (open files).",
            Plain(FindingOf(input, "system_handles_high").Text), StringComparison.Ordinal);
    }

    /// <summary>An address that is one of many is not the cause.</summary>
    [Fact]
    public void Rise_ToManyAddresses_NamesNone()
    {
        VerdictInput input = After(Minutes, static minute => Snapshot(
            Before(Minutes - minute, 20_000, 600),
            [Process(7, "appserver", Before(Minutes - minute, 15_000, 600))],
            [Connected(Before(Minutes - minute, 15_000, 600))],
            [.. Enumerable.Range(1, 3).Select(i => Idle(0, FormattableString.Invariant($"10.0.0.{i}:5432"), Before(Minutes - minute, 5_000, 200)))]));
        Assert.Contains("+600/h, of which +600/h appserver (connections, established).", Plain(FindingOf(input, "system_handles_high").Text), StringComparison.Ordinal);
    }

    /// <summary>A program that has been there for an hour has not risen in the two hours before.</summary>
    [Fact]
    public void Rise_OfAYoungProgram_CountsForItsTime()
    {
        VerdictInput input = After(Minutes, static minute => minute < 120
            ? Snapshot(19_400 + minute, [Process(8, "old", 1_000 + minute)], [Holding(FdType.File, 1_000 + minute)], [])
            : Snapshot(
                19_400 + minute + ((minute - 119) * 10),
                [Process(8, "old", 1_000 + minute), Process(9, "young", (minute - 119) * 10)],
                [Holding(FdType.File, 1_000 + minute), Holding(FdType.Pipe, (minute - 119) * 10)],
                []));
        HandleGrowthShares(input, out double old, out double young);
        Assert.InRange(old, 55, 65);
        Assert.InRange(young, 150, 210);
    }

    [Fact]
    public void HandlesThatDoNotRise_HaveNoShares()
    {
        VerdictInput input = After(Minutes, static minute => Snapshot(20_000, [Process(7, "a", minute * 10)], [Holding(FdType.File, minute * 10)], []));
        Assert.DoesNotContain("/h", FindingOf(input, "system_handles_high").Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhereNotAllIsSeen_NothingIsSaidOfWhoRises(bool isGuest)
    {
        Coverage coverage = isGuest ? Coverage.Full with { IsWholeMachine = false } : Coverage.Full with { Rights = new ExporterRights(65534, "CAP_SYS_PTRACE CAP_DAC_READ_SEARCH") };
        VerdictInput input = After(Minutes, minute => Snapshot(
            Before(Minutes - minute, 20_000, 600),
            [Process(7, "a", Before(Minutes - minute, 5_000, 600)), Snapshots.Process(8, "hidden", null)],
            [Holding(FdType.File, Before(Minutes - minute, 5_000, 600)), null],
            []) with
        { Coverage = coverage });
        Assert.Contains("+600/h.", Plain(FindingOf(input, "system_handles_high").Text), StringComparison.Ordinal);
    }

    [Fact]
    public void Began_IsToldAgainstTheStartOfTheProcess_AndTheProgramFile()
    {
        const int Began = 60;
        VerdictInput input = After(Minutes, static minute => Snapshot(
            17_000 + (Math.Max(0, minute - Began) * 30),
            [Process(7, "a", 12_000 + (Math.Max(0, minute - Began) * 30))],
            [Holding(FdType.File, 12_000 + (Math.Max(0, minute - Began) * 30))],
            [])) with
        {
            Handles = new HandleCount(15_600, 15_600, new ProgramHandles("a", 1, 15_600, 15_600, 0, new ProcessId(7, 1), 15_600)),
            Programs = new Dictionary<ProcessId, RunningProgram>
            {
                [new ProcessId(7, 1)] = new("/srv/a", DateTimeOffset.UnixEpoch - TimeSpan.FromDays(1) - TimeSpan.FromMinutes(3), IsReplaced: false, null),
            },
        };
        Assert.Equal("It began about 115 min ago, 22 h 5 min after the process started; its program file a was put there 3 min before that start.", Plain(FindingOf(input, "system_handles_high").Began!));
    }

    [Fact]
    public void RiseFromTheFirstScanOn_HasNoKnownBeginning()
    {
        VerdictInput input = After(Minutes, static minute => Snapshot(Before(Minutes - minute, 20_000, 600), [Process(7, "a", 16_000)], [Holding(FdType.File, 16_000)], [])) with
        {
            Handles = new HandleCount(16_000, 16_000, new ProgramHandles("a", 1, 16_000, 16_000, 0, new ProcessId(7, 1), 16_000)),
        };
        Finding finding = FindingOf(input, "system_handles_high");
        Assert.NotNull(finding.Culprit);
        Assert.Null(finding.Began);
    }

    private static void HandleGrowthShares(VerdictInput input, out double old, out double young)
    {
        FdExporter.Diagnosis.Rules.HandleGrowth growth = FdExporter.Diagnosis.Rules.HandleGrowth.Of(input)!;
        old = growth.Shares.Single(static share => share.Program.Name == "old").PerHour;
        young = growth.Shares.Single(static share => share.Program.Name == "young").PerHour;
    }

    private static Finding FindingOf(VerdictInput input, string rule) => input.Verdict().Findings.Single(finding => finding.Rule == rule);

    internal static HostSnapshot Snapshot(int handles, ProcessSample[] processes, ProcessHoldings?[] holdings, AddressSample[] addresses)
        => (Snapshots.Of(processes) with
        {
            FileHandles = new FileHandles((ulong)handles, long.MaxValue, 1048576),
            Connections = new HostConnections([.. addresses], null),
        }).Owning(holdings);

    private static ProcessHoldings Connected(int count)
    {
        TcpStateCounts states = default;
        states[TcpState.Established] = count;
        FdTypeCounts types = default;
        types[FdType.Socket] = count;
        return new ProcessHoldings(types, states);
    }

    private static AddressSample Idle(int process, string address, int count)
    {
        TcpStateCounts states = default;
        states[TcpState.Established] = count;
        IdleCounts idle = default;
        for (int i = 0; i < count; i++)
        {
            idle.Count(1, keepAlive: false);
        }

        return new AddressSample(process, ConnectionDirection.Outbound, Endpoint(address)) { States = states, Idle = idle };
    }
}
