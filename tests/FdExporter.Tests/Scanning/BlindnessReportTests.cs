using FdExporter.Linux.Native;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Self;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Scanning;

public class BlindnessReportTests
{
    private const string Both = "CAP_SYS_PTRACE CAP_DAC_READ_SEARCH";

    private static readonly ProcessSample s_own = Process(1000, ProcessVisibility.Full, 7);
    private static readonly ProcessSample s_others = Process(0, ProcessVisibility.CountOnly, 7);

    private readonly ListLogger<HostScanner> _log = new();

    [Fact]
    public void Report_OthersAreDenied_LogsOnceHowManyAndWhatToGrant()
    {
        BlindnessReport report = new(new ExporterRights(1000, Both), _log);
        report.Report(Table(s_own, s_others, s_others), ownership: null);
        report.Report(Table(s_own, s_others), ownership: null);
        string line = Assert.Single(_log.Lines);
        Assert.Contains("Warning Cannot inspect other users' processes", line, StringComparison.Ordinal);
        Assert.Contains($"processes=2 socketsWithoutOwner=0 grant={Both}", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_NoneIsDeniedAnyMore_LogsItOnceAndCanWarnAgain()
    {
        BlindnessReport report = new(new ExporterRights(1000, Both), _log);
        report.Report(Table(s_others), ownership: null);
        report.Report(Table(s_own), ownership: null);
        report.Report(Table(s_own), ownership: null);
        Assert.Equal(2, _log.Lines.Count);
        Assert.Contains("Information All processes can be inspected again", _log.Lines[1], StringComparison.Ordinal);
        report.Report(Table(s_others), ownership: null);
        Assert.Equal(3, _log.Lines.Count);
    }

    [Fact]
    public void Report_HiddenByHidepid_Counts()
    {
        BlindnessReport report = new(new ExporterRights(1000, Both), _log);
        report.Report(new ProcessTable([s_own], Unidentified: 5, Vanished: 3, Malformed: 1), ownership: null);
        Assert.Contains("processes=4", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_HiddenByHidepid2_IsDetectedBySocketsWithoutOwner()
    {
        BlindnessReport report = new(new ExporterRights(1000, Both), _log);
        TcpStateCounts unattributed = default;
        unattributed[TcpState.Listen] = 3;
        SocketOwnership ownership = new([null], unattributed, default, [], 0, 0);
        report.Report(Table(s_own), ownership);
        report.Report(Table(s_own), ownership: null);
        report.Report(Table(s_own), ownership);
        Assert.Empty(_log.Lines);
        report.Report(Table(s_own), ownership);
        report.Report(Table(s_own), ownership: null);
        report.Report(Table(s_own), ownership);
        report.Report(Table(s_own), ownership);
        Assert.Contains($"processes=0 socketsWithoutOwner=3 grant={Both}", Assert.Single(_log.Lines), StringComparison.Ordinal);
        BlindnessReport withBoth = new(new ExporterRights(0, ""), _log);
        withBoth.Report(Table(s_own), ownership);
        withBoth.Report(Table(s_own), ownership);
        Assert.Single(_log.Lines);
    }

    [Fact]
    public void Report_NothingToAdvise_IsSilent()
    {
        BlindnessReport report = new(new ExporterRights(1000, Both), _log);

        // One of our own that just exited, a zombie of another user, one with an unknown user.
        report.Report(Table(Process(1000, ProcessVisibility.CountOnly, 7), Process(0, ProcessVisibility.CountOnly, 0), Process(null, ProcessVisibility.CountOnly, 7)), ownership: null);
        BlindnessReport withBoth = new(new ExporterRights(0, ""), _log);
        withBoth.Report(Table(Process(1000, ProcessVisibility.CountOnly, 7)), ownership: null);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void Report_InAUserNamespace_AdvisesNoRightThatIsHeld()
    {
        BlindnessReport report = new(new ExporterRights(0, "", IsConfined: true), _log);

        // A process of the machine's root, whose number is unmapped there; and one of a user with our own number there.
        report.Report(Table(Process(65534, ProcessVisibility.CountOnly, 7), Process(0, ProcessVisibility.CountOnly, 7)), ownership: null);
        string line = Assert.Single(_log.Lines);
        Assert.Contains("capabilities held in a user namespace have no effect outside it", line, StringComparison.Ordinal);
        Assert.Contains("processes=2", line, StringComparison.Ordinal);
        Assert.DoesNotContain("CAP_", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_Zombies_AreNotDenied()
    {
        BlindnessReport report = new(new ExporterRights(1000, Both), _log);
        ProcessSample zombie = Process(0, ProcessVisibility.CountOnly, 0);

        // Before Linux 6.2 not even their descriptors could be counted.
        report.Report(Table(zombie with { OpenFds = null, Facts = zombie.Facts with { IsZombie = true } }), ownership: null);
        Assert.Empty(_log.Lines);
    }

    [Theory]
    [InlineData(0, Both)]
    [InlineData(0x4, "CAP_SYS_PTRACE")]
    [InlineData(0x80000, "CAP_DAC_READ_SEARCH")]
    [InlineData(0x1ffffffffff, "")]
    public void Capabilities_TellWhatIsMissing(ulong effective, string missing)
        => Assert.Equal(missing, ExporterRightsReader.MissingOf(new CapabilitySet(effective)));

    private static ProcessTable Table(params ProcessSample[] processes) => new([.. processes], 0, 0, 0);

    private static ProcessSample Process(uint? uid, ProcessVisibility visibility, long openFds)
    {
        ProcessSample sample = Snapshots.Process(9, "x", openFds);
        return sample with { Facts = sample.Facts with { Uid = uid, Visibility = visibility } };
    }
}
