using System.Globalization;
using System.Text.RegularExpressions;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Deploy;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Diagnosis;

/// <summary>Each rule of the verdict, on hosts made by hand: its text, its threshold, and when it is silent.</summary>
public partial class VerdictTests
{
    private static readonly string s_rules = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "prometheus", "fd-exporter.rules.yml"));

    [Fact]
    public void Findings_HaveTheMostImportantFirst()
    {
        HostSnapshot snapshot = Snapshots.Of(
            Process(11342, "appserver", 9930, 65536) with { }, Process(700, "nginx", 6349, 20000)) with
        {
            FileHandles = new FileHandles(16240, long.MaxValue, 1048576),
            Ownership = Owning(
                [Holding(9812), Holding(0)],
                new ConnectionSample(0, ConnectionDirection.Outbound, Endpoint("192.168.121.44", 443), TcpState.CloseWait, CloseWaitCause.NotClosed, 9812, default, default).For(21720),
                new ConnectionSample(1, ConnectionDirection.Inbound, new ConnectionAddress(0, 0, 9702), TcpState.CloseWait, CloseWaitCause.NotAccepted, 12, default, default).For(62)),
        };
        Golden.Verify(VerdictText.Of(VerdictOf(snapshot, new HandleCount(16_279, 15_900, new ProgramHandles("appserver", 1, 9930, 9930, 0, new ProcessId(11342, 1), 9930)))));
    }

    [Fact]
    public void HealthyHost_IsSilence()
    {
        HostSnapshot snapshot = Snapshots.Of(Process(1, "pool", 200, 1024), Process(2, "unlimited", 90000, null)) with
        {
            FileHandles = new FileHandles(14999, long.MaxValue, null),
            Ownership = Owning(
                [Holding(94), Holding(0)],
                new ConnectionSample(0, ConnectionDirection.Outbound, Endpoint("192.0.2.1", 5432), TcpState.CloseWait, CloseWaitCause.NotClosed, 4, default, default).For(259_200),
                new ConnectionSample(0, ConnectionDirection.Inbound, new ConnectionAddress(0, 0, 80), TcpState.CloseWait, CloseWaitCause.NotAccepted, 9, default, default).For(120),
                new ConnectionSample(0, ConnectionDirection.Inbound, new ConnectionAddress(0, 0, 80), TcpState.CloseWait, CloseWaitCause.NotRead, 90, default, default)),
        };
        Verdict verdict = VerdictOf(snapshot);
        Assert.Empty(verdict.Findings);
        Assert.Equal("Nothing to report: no program leaks sockets, no limit is near.", verdict.AllIsWell);
    }

    [Theory]
    [InlineData(14_999, long.MaxValue, null, null)]
    [InlineData(15_000, long.MaxValue, "system_handles_high", Severity.Note)]
    [InlineData(8_000, 10_000, "system_handles_near_max", Severity.Critical)]
    [InlineData(7_999, 10_000, null, null)]
    public void SystemHandles_SpeakFromTheThresholdOn(ulong allocated, ulong max, string? rule, object? severity)
    {
        Verdict verdict = VerdictOf(Snapshots.Of(Process(1, "a", 10, 1024)) with { FileHandles = new FileHandles(allocated, max, null) });
        Assert.Equal(rule, verdict.Findings.SingleOrDefault()?.Rule);
        Assert.Equal(severity, verdict.Findings.SingleOrDefault()?.Severity);
    }

    [Fact]
    public void CloseWait_ThatFillsALimit_IsCriticalAndNamesThePid()
    {
        HostSnapshot snapshot = Snapshots.Of(Process(7, "java", 6000, 10240)) with
        {
            Ownership = Owning(
                [Holding(5160)],
                new ConnectionSample(0, ConnectionDirection.Outbound, Endpoint("192.0.2.1", 443), TcpState.CloseWait, CloseWaitCause.NotRead, 5160, default, default).For(300)),
        };
        Finding finding = Assert.Single(VerdictOf(snapshot).Findings);
        Assert.Equal(("close_wait_not_read", Severity.Critical), (finding.Rule, finding.Severity));
        Assert.Equal(
            "java (pid 7) holds 5 160 sockets in CLOSE_WAIT to 192.0.2.1:443: the peer closed them, java has stopped reading them (cause not_read). "
                + "Oldest 5 min; growth is known after 5 minutes of scrapes. 5 160 of the 10 240 descriptors of pid 7 are lost to CLOSE_WAIT.",
            Plain(finding.Text));
    }

    [Theory]
    [InlineData(false, 100, "no visible process holds them as a descriptor")]
    [InlineData(true, 100, "access to the process that holds them is denied")]
    [InlineData(true, 99, null)]
    public void CloseWait_WithoutOwner_IsReportedAfterACompleteSearch_WithTheReason(bool isHidden, long searched, string? text)
    {
        ProcessSample process = Process(7, "a", 5, 1024);
        HostSnapshot snapshot = Snapshots.Of(isHidden ? process with { Facts = process.Facts with { Visibility = ProcessVisibility.CountOnly } } : process) with
        {
            Ownership = Owning(
                [null],
                new ConnectionSample(-1, ConnectionDirection.Inbound, new ConnectionAddress(0, 0, 80), TcpState.CloseWait, CloseWaitCause.NotClosed, 150, default, default) { Searched = searched }.For(99)),
        };
        Finding? finding = VerdictOf(snapshot).Findings.SingleOrDefault(static each => each.Rule.StartsWith("close_wait", StringComparison.Ordinal));
        Assert.Equal(text is null, finding is null);
        Assert.StartsWith(text is null ? "" : "An unknown program holds 100 sockets in CLOSE_WAIT on its port :80: the clients closed them, ", Plain(finding?.Text ?? ""), StringComparison.Ordinal);
        Assert.Contains(text ?? "", Plain(finding?.Text ?? ""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(819, 1024ul, 4096ul, null, "")]
    [InlineData(820, 1024ul, 4096ul, "process_near_limit", "prlimit --pid 7 --nofile=2048:4096")]
    [InlineData(1000, 1024ul, null, "process_at_limit", "prlimit --pid 7 --nofile=2048:2048")]
    [InlineData(1024, 1024ul, 1024ul, "process_at_limit", "as root: prlimit --pid 7 --nofile=2048:2048")]
    [InlineData(5, 0ul, 10ul, null, "")]
    [InlineData(1025, 1024ul, 4096ul, null, "")]
    [InlineData(90_000, null, null, null, "")]
    public void ProcessLimit_SpeaksFromEightyPercentOn_AndSaysHowToRaiseIt(long open, ulong? soft, ulong? hard, string? rule, string advice)
    {
        ProcessSample process = Process(7, "a", open, soft);
        process = process with { Facts = process.Facts with { Limits = new FdLimits(soft, hard) } };
        Finding? finding = VerdictOf(Snapshots.Of(process)).Findings.SingleOrDefault();
        Assert.Equal(rule, finding?.Rule);
        Assert.Contains(advice, finding?.Advice ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, true)]
    public void Blindness_IsANote_WhenMoreThanAFifthIsHidden(int hidden, bool isSaid)
    {
        HostSnapshot snapshot = Snapshots.Of([.. Enumerable.Range(1, 16).Select(static pid => Process(pid, "seen", 1, 1024))]);
        snapshot = snapshot with { Processes = snapshot.Processes! with { Unidentified = hidden } };
        Finding? finding = VerdictOf(snapshot).Findings.SingleOrDefault();
        Assert.Equal(isSaid, finding is { Rule: "blind", Severity: Severity.Note });

        // With every capability held, the reason is not a missing one.
        Assert.DoesNotContain("CAP_", finding?.Advice ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void FailedCollector_IsNamedWithItsReason()
    {
        HostSnapshot snapshot = Snapshots.Of() with { Outcomes = [new CollectorOutcome(Collectors.Tcp, TimeSpan.Zero, "read /proc/1/net/tcp: Permission denied\n   at X")] };
        Assert.Equal("The collector tcp failed: read /proc/1/net/tcp: Permission denied.", Assert.Single(VerdictOf(snapshot).Findings).Text);
    }

    /// <summary>From the first one on, like the alert.</summary>
    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "1 process hangs when inspected: the kernel does not answer, and unavailable data is missing here.")]
    [InlineData(2, "2 processes hang when inspected: the kernel does not answer, and unavailable data is missing here.")]
    public void HungProcesses_AreAWarning(int hung, string? text)
    {
        HostSnapshot snapshot = Snapshots.Of(Process(1, "seen", 1, 1024));
        Finding? finding = VerdictOf(snapshot with { Processes = snapshot.Processes! with { Hung = hung } }).Findings.SingleOrDefault();
        Assert.Equal((text, text is null ? null : "processes_hang"), (finding?.Text, finding?.Rule));
        Assert.Equal(Severity.Warning, finding?.Severity ?? Severity.Warning);
        Assert.Contains("        expr: fd_exporter_hung_processes > 0\n", s_rules, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(HandleLimit.System, "system_handles_exhausted", Severity.Critical)]
    [InlineData(HandleLimit.Own, "exporter_at_limit", Severity.Warning)]
    public void HandlesRefused_ByTheMachineIsCritical_ByTheOwnLimitAWarning(object? limit, string? rule, object? severity)
    {
        HostSnapshot snapshot = Snapshots.Of(Process(1, "a", 10, 1024)) with { HandlesRefused = (HandleLimit?)limit };
        Finding? finding = VerdictOf(snapshot).Findings.SingleOrDefault();
        Assert.Equal((rule, severity), (finding?.Rule, finding?.Severity));
    }

    [Fact]
    public void HandlesRefused_ByTheOwnLimit_NamesItWhereItIsKnown()
    {
        HostSnapshot snapshot = Snapshots.Of() with { HandlesRefused = HandleLimit.Own };
        Assert.Contains("limit of open descriptors (1 024):", Text(1024), StringComparison.Ordinal);
        Assert.Contains("limit of open descriptors:", Text(null), StringComparison.Ordinal);

        string Text(ulong? most)
            => Plain(VerdictOf(snapshot with { Exporter = snapshot.Exporter with { MaxFds = most } }).Findings.Single().Text);
    }

    [Fact]
    public void Text_OfHostileNames_HoldsNothingThatATerminalObeys()
    {
        HostSnapshot snapshot = Snapshots.Of(Process(7, "\u001b[2J\u202Eevil\n", 1000, 1024));
        string text = VerdictText.Of(VerdictOf(snapshot));
        Assert.Contains("?[2J?evil?", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), static line => Assert.True(line.Length <= 80, line));
        Assert.DoesNotContain("\u001b", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Thresholds_AreThoseOfTheAlerts()
    {
        Dictionary<string, double> alerts = Recorded().Matches(s_rules).ToDictionary(
            static match => match.Groups[1].Value,
            static match => double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        Thresholds ours = new();
        Assert.Equal(alerts["system_handles"], ours.SystemHandles);
        Assert.Equal(alerts["system_handles_ratio"], ours.SystemHandlesRatio);
        Assert.Equal(alerts["process_fd_ratio_warning"], ours.ProcessFdRatioWarning);
        Assert.Equal(alerts["process_fd_ratio_critical"], ours.ProcessFdRatioCritical);
        Assert.Equal(alerts["close_wait_aged"], ours.CloseWaitAged);
        Assert.Equal(alerts["close_wait_limit_ratio"], ours.CloseWaitLimitRatio);
        Assert.Equal(alerts["not_accepted"], ours.NotAccepted);
        Assert.Equal(alerts["hidden_ratio"], ours.HiddenRatio);
        Assert.Equal(alerts["fds_growth_per_hour"], ours.FdsGrowthPerHour);
        Assert.Equal(alerts["hours_to_limit"], ours.HoursToLimit);
        Assert.Equal(alerts["days_to_limit"], ours.DaysToLimit);
        Assert.Equal(alerts["process_fd_ratio_predicted"], ours.ProcessFdRatioPredicted);
    }

    /// <summary>A number that is compared with something else is another threshold: the series and the age are compared too.</summary>
    [Theory]
    [InlineData("FdSystemHandlesHigh", "system_handles", "fd_system_handles_allocated")]
    [InlineData("FdSystemHandlesNearMax", "system_handles_ratio", "fd_system_handles_allocated", "fd_system_handles_max")]
    [InlineData("FdProcessNearLimit", "process_fd_ratio_warning", "fd_group_max_process_fd_ratio <= 1 >")]
    [InlineData("FdProcessAtLimit", "process_fd_ratio_critical", "fd_group_max_process_fd_ratio <= 1 >")]
    [InlineData("FdCloseWaitOld", "close_wait_aged", "fd_close_wait_aged_sockets{", "min_age=\"600\"")]
    [InlineData("FdCloseWaitFillsLimit", "close_wait_limit_ratio", "fd_process_tcp_sockets{state=\"close_wait\"", "fd_process_fds_soft_limit")]
    [InlineData("FdNotAccepted", "not_accepted", "fd_close_wait_sockets{", "cause=\"not_accepted\"")]
    public void Alerts_CompareTheThresholdsWithWhatTheVerdictCompares(string alert, string threshold, params string[] compared)
    {
        string expression = Assert.Single(AlertRule.All, rule => rule.Name == alert).Expression;
        Assert.Contains($"fd:threshold:{threshold})", expression, StringComparison.Ordinal);
        Assert.All(compared, each => Assert.Contains(each, expression, StringComparison.Ordinal));
    }

    /// <summary>The values that FdCloseWaitOld compares are a warning; one less or half a minute less is not.</summary>
    [Theory]
    [InlineData(100, 600, Severity.Warning)]
    [InlineData(99, 600, Severity.Note)]
    [InlineData(100, 599, Severity.Note)]
    public void CloseWait_IsAWarningFromTenMinutesOn(long stuck, int seconds, object severity)
    {
        ConnectionSample[] samples =
        [
            WatchedHost.Outbound(0, "192.0.2.1:443", 100).For(60),
            WatchedHost.Outbound(0, "192.0.2.2:443", stuck).For(seconds),
        ];
        Finding finding = Assert.Single(VerdictOf(Snapshots.Of(Process(7, "a", 300, 65536)).Owning([Holding(200)], samples)).Findings);
        Assert.Equal(("close_wait_not_closed", severity), (finding.Rule, (object)finding.Severity));
        Assert.True(finding.IsEvidence);
    }

    [GeneratedRegex(@"record: fd:threshold:(\w+)\n\s+expr: vector\(([0-9.]+)\)")]
    private static partial Regex Recorded();

    private static Verdict VerdictOf(HostSnapshot snapshot, HandleCount? handles = null)
        => Verdict.Of(new VerdictInput(new HostGrouper(new GroupLimits(20, 200, 50, 100)).Group(snapshot), new HostHistory(TimeProvider.System)) { Handles = handles });

    private static string Plain(string text) => text.Replace('\u00a0', ' ');

    private static ProcessSample Process(int pid, string group, long open, ulong? softLimit)
    {
        ProcessSample process = Snapshots.Process(pid, group, open, softLimit);
        return process with { Facts = process.Facts with { Owner = pid == 11342 ? CgroupOwner.None with { Unit = "payment.service" } : CgroupOwner.None } };
    }

    private static ProcessHoldings Holding(long closeWait)
    {
        TcpStateCounts sockets = default;
        sockets[TcpState.CloseWait] = closeWait;
        return new ProcessHoldings(default, sockets);
    }

    private static SocketOwnership Owning(ProcessHoldings?[] holdings, params ConnectionSample[] closeWait)
        => new([.. holdings], default, default, [.. closeWait], 0, 0);

    private static ConnectionAddress Endpoint(string address, ushort port)
    {
        byte[] bytes = System.Net.IPAddress.Parse(address).MapToIPv6().GetAddressBytes();
        return new ConnectionAddress(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes),
            System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(8)),
            port);
    }
}
