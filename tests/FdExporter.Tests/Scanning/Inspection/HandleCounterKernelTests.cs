using System.Text.RegularExpressions;
using FdExporter.Accounts.Naming;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.EndToEnd.Testing;
using FdExporter.Grouping;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Inspection;
using FdExporter.Scanning.Reading;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace FdExporter.Tests.Scanning.Inspection;

/// <summary>
/// Open files behind the descriptors of real processes, and the verdict about them. Only these processes are inspected, since
/// others on the machine change.
/// </summary>
[Needs("root", "gcc")]
public sealed partial class HandleCounterKernelTests(HandleFaults handles) : IClassFixture<HandleFaults>, IDisposable
{
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(30);

    private readonly HostScanner _scanner = new("/proc", ProgramName.Of, TimeProvider.System, NullLogger<HostScanner>.Instance);

    public void Dispose() => _scanner.Dispose();

    [Fact]
    public async Task AfterFork_AnOpenFileIsCountedOnce_ForItsFirstHolder()
    {
        await using Child master = await handles.StartAsync("prefork", "2000", "20");
        HostSnapshot snapshot = Scan(master.Pid);
        HandleCount count = (await _scanner.CountHandlesAsync(snapshot.Processes!, s_budget))!;
        ProgramHandles program = count.Largest!;
        Assert.Equal(("handles", 21, true, 0), (program.Group, program.Processes, program.IsProven, program.Unproven));
        Assert.True(program.Descriptors >= 21 * 2003, $"{program.Descriptors} descriptors");

        // With standard input and output, and what the test runner may pass on.
        Assert.InRange(program.Handles, 2000, 2050);
        Assert.Equal((master.Pid, program.Handles), (program.First.Pid, program.OfFirst));

        string text = TextOf(snapshot with { FileHandles = new FileHandles(2_513, long.MaxValue, null) }, count);
        Assert.Matches(@"^This machine uses 2 513 file handles \(threshold 2 000\)\. handles \(pid \d+[^)]*\) holds 2 0\d\d of them, (79|8\d) %, shared by 21 processes with 4[23] \d\d\d descriptors \(after fork\)\.", text);
    }

    [Fact]
    public async Task Duplicates_AreOneOpenFile()
    {
        await using Child child = await handles.StartAsync("dup", "50", "20");
        HandleCount count = (await _scanner.CountHandlesAsync(Scan(child.Pid).Processes!, s_budget))!;
        Assert.True(count.Descriptors >= 50 * 21, $"{count.Descriptors} descriptors");
        Assert.InRange(count.Handles, 50, 100);
    }

    [Fact]
    public async Task FilesThatWereMappedAndClosed_AreInNoDescriptor_AndNoProgramIsNamed()
    {
        await using Child child = await handles.StartAsync("mapped", "16000");
        HostSnapshot snapshot = Scan(child.Pid);
        Assert.True(snapshot.FileHandles!.Allocated >= 16_000, $"{snapshot.FileHandles.Allocated} handles");
        HandleCount count = (await _scanner.CountHandlesAsync(snapshot.Processes!, s_budget))!;
        Assert.InRange(count.Handles, 1, 100);
        string text = TextOf(snapshot, count);
        Match match = InNoDescriptor().Match(text);
        Assert.True(match.Success, text);
        Assert.True(int.Parse(match.Groups[1].Value.Replace(" ", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture) >= 15_900, text);
        Assert.DoesNotContain("(pid", text, StringComparison.Ordinal);
    }

    /// <summary>Each kind of handle without a descriptor, of a real program.</summary>
    [Theory]
    [InlineData("files that it has mapped and closed", "mapped")]
    [InlineData("files that it has registered with an io_uring", "close-wait", "--hold-peer", "--held-by=io_uring")]
    [InlineData("descriptors sent to it over a Unix socket and not received", "close-wait", "--hold-peer", "--held-by=in_flight")]
    public async Task HandlesWithoutADescriptor_AreNamedWithTheirHolder(string what, string leak, params string[] options)
    {
        await using LeakLab lab = await LeakLab.StartAsync([leak, "--count", "3000", "--name", "outsider", .. options]);
        string text = "";

        // Where many other processes have sockets, those that receive are known after some scans.
        await Eventually.TrueAsync(
            async () => Regex.IsMatch(text = await ScanAsync(), $@" of them have no descriptor\. outsider \(pid {lab.Child.Pid}[^)]*\) holds 3 0\d\d of them: {what}"),
            () => text);

        async Task<string> ScanAsync()
        {
            HostSnapshot snapshot = _scanner.Scan(Collectors.System | Collectors.Process | Collectors.Tcp | Collectors.SocketOwner, new Deadline(TimeProvider.System, s_budget));
            ProcessTable table = snapshot.Processes!;
            HandleCount count = (await _scanner.CountHandlesAsync(new ProcessTable([.. table.Processes.Where(process => process.Id.Pid == lab.Child.Pid)], 0, 0, 0), s_budget))!;

            // Others on the machine may hold more.
            return TextOf(
                snapshot with
                {
                    Coverage = Coverage.Full,
                    FileHandles = new FileHandles(3_400, long.MaxValue, null),
                    Ownership = snapshot.Ownership! with { InFlight = [.. snapshot.Ownership.InFlight.Where(each => table.Processes[each.Process].Id.Pid == lab.Child.Pid)] },
                },
                count);
        }
    }

    [Fact]
    public async Task WhereTheKernelRefuses_NothingIsProven()
    {
        await using Child master = await handles.StartAsync("prefork", "300", "2");
        HostSnapshot snapshot = Scan(master.Pid);
        HandleCount? count = null;
        ReadStatus compared = ReadStatus.Ok;

        // Capabilities belong to a thread: this one drops its own permanently, and ends.
        Thread thread = new(() =>
        {
            GiveUpCapabilities();
            using ProcFs procFs = ProcFs.Open("/proc");
            OpenFile input = new(master.Pid, 0);
            compared = input.TryCompareTo(in input, out _);
            count = new HandleWalk(procFs, new Deadline(TimeProvider.System, s_budget)).Count(snapshot.Processes!);
        });
        thread.Start();
        thread.Join();
        Assert.Equal(ReadStatus.Denied, compared);
        Assert.True(count!.Descriptors >= 3 * 303, $"{count.Descriptors} descriptors");
        Assert.Equal((count.Descriptors, false), (count.Largest!.Unproven, count.Largest.IsProven));
    }

    private static unsafe void GiveUpCapabilities()
    {
        Libc.CapHeader header = new() { version = Libc._LINUX_CAPABILITY_VERSION_3 };
        Libc.CapData none = default;
        Assert.Equal(0, Libc.capset(&header, &none));
    }

    [Fact]
    public void ClosedDescriptor_IsGone()
    {
        OpenFile closed = new(Environment.ProcessId, 1_000_000);
        Assert.Equal(ReadStatus.Gone, closed.TryCompareTo(in closed, out _));
    }

    [Fact]
    public async Task Zombies_AreFullyKnown_AndTheirParentIsNamed()
    {
        await using Child parent = await handles.StartAsync("zombies", "162");
        HostSnapshot snapshot = Scan(parent.Pid);
        Assert.Equal((163, 0, 0), (
            snapshot.Processes!.CountOf(ProcessVisibility.Full), snapshot.Processes.CountOf(ProcessVisibility.CountOnly), snapshot.Processes.CountOf(ProcessVisibility.None)));
        ProcessSample zombie = snapshot.Processes.Processes.First(static process => process.Facts.IsZombie);
        ProcessInspection? inspection = _scanner.TryInspect(zombie.Id.Pid, new Deadline(TimeProvider.System, s_budget));
        Assert.Equal((true, 0), (inspection?.IsVisible, inspection?.Fds.Length));
        Finding finding = Assert.Single(VerdictOf(snapshot with { FileHandles = null }, null).Findings);
        Assert.Equal(("unreaped_children", parent.Pid), (finding.Rule, finding.Culprit?.Pid));
        Assert.StartsWith($"handles (pid {parent.Pid}", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProcessThatEnds_IsAZombieInTheNextScan()
    {
        await using Child child = Child.Start("sh", "-c", "sleep 300 & echo $! ready; exec sleep 300");
        string line = await child.WaitForLineAsync("ready");
        int pid = int.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

        // Known for so long that its stat is read once in eight scans.
        using HostScanner scanner = new("/proc", ProgramName.Of, new ShiftedTime(TimeSpan.FromMinutes(5)), NullLogger<HostScanner>.Instance);
        for (int scan = 0; scan < 3; scan++)
        {
            Assert.False(FactsOf(scanner, pid).IsZombie);
        }

        Child.Signal(pid, 9);
        await Eventually.TrueAsync(() => File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal), () => "still there");
        Assert.True(FactsOf(scanner, pid).IsZombie);
    }

    private static ProcessFacts FactsOf(HostScanner scanner, int pid)
        => scanner.Scan(Collectors.Process, new Deadline(TimeProvider.System, s_budget)).Processes!.Processes.Single(process => process.Id.Pid == pid).Facts;

    /// <summary>As on a machine with only this process and its children.</summary>
    private HostSnapshot Scan(int pid)
    {
        HostSnapshot snapshot = _scanner.Scan(Collectors.System | Collectors.Process, new Deadline(TimeProvider.System, s_budget));
        ProcessTable table = snapshot.Processes!;
        return snapshot with
        {
            Coverage = Coverage.Full,
            Processes = new ProcessTable([.. table.Processes.Where(process => process.Id.Pid == pid || process.Facts.ParentPid == pid)], 0, 0, 0),
        };
    }

    private static string TextOf(HostSnapshot snapshot, HandleCount count)
        => VerdictOf(snapshot, count).Findings.Single(static each => each.Rule == "system_handles_high").Text.Replace('\u00a0', ' ');

    private static Verdict VerdictOf(HostSnapshot snapshot, HandleCount? count)
        => Verdict.Of(new VerdictInput(new HostGrouper(new GroupLimits(20, 200, 50, 100)).Group(snapshot), new HostHistory(TimeProvider.System))
        {
            Thresholds = new Thresholds { SystemHandles = 2_000 },
            Handles = count,
        });

    [GeneratedRegex(@"\. ([0-9 ]+) of them have no descriptor \(")]
    private static partial Regex InNoDescriptor();

    private sealed class ShiftedTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
