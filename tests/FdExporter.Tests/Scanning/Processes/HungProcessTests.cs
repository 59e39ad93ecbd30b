using System.Globalization;
using System.Text;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Scanning.Processes;

/// <summary>
/// Processes whose files block the reader: one of their files is a FIFO, whose reader waits until it is written to.
/// </summary>
public sealed class HungProcessTests : IDisposable
{
    /// <summary>The reader waits two seconds for the first process.</summary>
    private static readonly FasterTime s_time = new(times: 10);

    private readonly FixtureHost _host = new();
    private readonly ListLogger<HostScanner> _log = new();
    private readonly HostScanner _scanner;

    public HungProcessTests() => _scanner = new HostScanner(_host.Root, Name, s_time, _log);

    public void Dispose()
    {
        _scanner.Dispose();
        _host.Dispose();
    }

    [Fact]
    public void Arguments_ThatHang_AreLeftOut_AndEverythingElseIsThere()
    {
        HostSnapshot before = Scan();
        MakeFifo("8/cmdline");
        using HostScanner scanner = new(_host.Root, Name, s_time, _log);
        HostSnapshot during = Scan(scanner);
        Assert.All(during.Outcomes, static outcome => Assert.True(outcome.Success, outcome.Error));
        Assert.Equal(Ids(before), Ids(during));
        Assert.Equal(1, during.Processes!.Hung);
        Assert.Equal("node without arguments", Find(during, 8).Facts.Group);
        Assert.Equal(Find(before, 8).OpenFds, Find(during, 8).OpenFds);

        // It is not tried again while the first read still waits.
        Assert.Equal(1, Scan(scanner).Processes!.Hung);
        Assert.Single(_log.Lines, static line => line.Contains("reading a process hangs", StringComparison.Ordinal));
        Answer("8/cmdline", "node\0server.js\0");

        // A scan during which the read ends may have the arguments and still count it, or the reverse.
        HostSnapshot after = ScanUntil(scanner, static snapshot => Find(snapshot, 8).Facts.Group == "node with 2 arguments" && snapshot.Processes!.Hung == 0);
        Assert.Equal(0, after.Processes!.Hung);
        Assert.Single(_log.Lines, static line => line.Contains("process can be read again", StringComparison.Ordinal));
    }

    /// <summary>By the operation that reads it again: an inspection, or a scan on which its turn comes.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Arguments_ThatHangLater_DoNotRenameTheProgram_NorAnyOther(bool isInspected)
    {
        using HostScanner scanner = new(_host.Root, Name, s_time, _log);
        Dictionary<ProcessId, string> names = NamesOf(Scan(scanner));
        Assert.Equal("node with 2 arguments", Find(Scan(scanner), 8).Facts.Group);
        MakeFifo("8/cmdline");
        HostSnapshot during = ScanUntil(scanner, snapshot =>
        {
            if (isInspected)
            {
                ProcessInspection inspection = scanner.TryInspect(8, new Deadline(s_time, TimeSpan.FromMinutes(10)))!;
                Assert.Equal(("node with 2 arguments", 0), (inspection.Process.Facts.Group, inspection.Arguments.Count));
            }

            return snapshot.Processes!.Hung == 1;
        });

        // Its facts are read on every scan now, and it is still the same program.
        for (int i = 0; i < 3; i++, during = Scan(scanner))
        {
            Assert.Equal(names, NamesOf(during));
        }

        // Another program under the same pid does not keep the name of the previous one.
        _host.Replace("8/stat", "(node)", "(other)");
        Assert.Equal("other without arguments", Find(ScanUntil(scanner, snapshot => Find(snapshot, 8).Facts.Comm == "other"), 8).Facts.Group);
        Answer("8/cmdline", "other\0-x\0-y\0");
        ScanUntil(scanner, static snapshot => Find(snapshot, 8).Facts.Group == "other with 3 arguments");
    }

    /// <summary>As on a dead disk: the thread that changes the memory map cannot be interrupted.</summary>
    [Fact]
    public void ManyHungProcesses_BlockAFewThreads_AreCounted_AndHideNoOther()
    {
        const int hang = 40;
        HostSnapshot before = Scan();
        string[] pids = CloneHung(hang, state: 'D');
        using HostScanner scanner = new(_host.Root, Name, s_time, _log);
        long started = s_time.GetTimestamp();
        HostSnapshot during = Scan(scanner);
        Assert.InRange(s_time.GetElapsedTime(started), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(50));
        Assert.All(during.Outcomes, static outcome => Assert.True(outcome.Success, outcome.Error));
        Assert.Equal(NamesOf(before), NamesOf(during).Where(each => !pids.Contains(each.Key.Pid.ToString(CultureInfo.InvariantCulture))).ToDictionary());
        Assert.All(pids, pid => Assert.Equal("node without arguments", Find(during, int.Parse(pid, CultureInfo.InvariantCulture)).Facts.Group));
        Assert.Equal(hang, during.Processes!.Hung);

        // No process is waited for again.
        Assert.Equal(hang, Scan(scanner).Processes!.Hung);
        string[] waiting = [.. _log.Lines.Where(static line => line.Contains("reading a process hangs", StringComparison.Ordinal))];
        Assert.Equal(4, waiting.Length);

        foreach (string pid in pids)
        {
            if (waiting.Any(line => line.Contains($" pid={pid} ", StringComparison.Ordinal)))
            {
                Answer($"{pid}/cmdline", "node\0server.js\0");
            }
            else
            {
                _host.Delete($"{pid}/cmdline");
                _host.Write($"{pid}/cmdline", "node\0server.js\0");
            }
        }

        HostSnapshot after = ScanUntil(scanner, static snapshot => snapshot.Processes!.Hung == 0);
        Assert.All(pids, pid => Assert.Equal("node with 2 arguments", Find(after, int.Parse(pid, CultureInfo.InvariantCulture)).Facts.Group));
    }

    /// <summary>Without a sign that they will hang: then no command line is read in the end, which costs only names.</summary>
    [Fact]
    public void ManyProcessesThatHangUnforeseen_HideNoProcess()
    {
        IEnumerable<int> before = Ids(Scan()).Select(static id => id.Pid);
        string[] pids = CloneHung(40, state: 'S');
        using HostScanner scanner = new(_host.Root, Name, s_time, _log);
        HostSnapshot during = Scan(scanner);
        Assert.All(during.Outcomes, static outcome => Assert.True(outcome.Success, outcome.Error));
        Assert.Equal(before.Concat(pids.Select(static pid => int.Parse(pid, CultureInfo.InvariantCulture))).Order(), Ids(during).Select(static id => id.Pid));
        Assert.True(during.Processes!.Hung >= pids.Length);
        string[] waiting = [.. _log.Lines.Where(static line => line.Contains("reading a process hangs", StringComparison.Ordinal))];
        Assert.Equal(8, waiting.Length);
        foreach (string pid in pids.Where(pid => waiting.Any(line => line.Contains($" pid={pid} ", StringComparison.Ordinal))))
        {
            Answer($"{pid}/cmdline", "node\0");
        }
    }

    [Fact]
    public void OneThatHungOnce_IsNeverWaitedForAgain()
    {
        MakeFifo("8/cmdline");
        using HostScanner scanner = new(_host.Root, Name, s_time, _log);
        Scan(scanner);
        Answer("8/cmdline", "node\0server.js\0");
        ScanUntil(scanner, static snapshot => Find(snapshot, 8).Facts.Group == "node with 2 arguments");
        MakeFifo("8/cmdline");
        for (int i = 0; i < 130; i++)
        {
            Assert.Equal(0, Scan(scanner).Processes!.Hung);
        }

        Assert.Single(_log.Lines, static line => line.Contains("reading a process hangs", StringComparison.Ordinal));
    }

    /// <summary>A worker is named by its parent, whose command line is read for that.</summary>
    [Fact]
    public void ParentThatHangs_IsTheOneThatHangs_AndItsChildrenAreWaitedForNoMore()
    {
        for (int pid = 1001; pid < 1021; pid++)
        {
            _host.Clone("8", pid.ToString(CultureInfo.InvariantCulture));
            _host.Replace($"{pid}/stat", "8 (node) S 1 ", $"{pid} (worker) S 9 ");
        }

        MakeFifo("9/cmdline");
        using HostScanner scanner = new(
            _host.Root, static process => process.Comm == "worker" ? process.Parent()?.Comm ?? "worker" : process.Comm, s_time, _log);
        HostSnapshot during = Scan(scanner);
        Assert.All(during.Outcomes, static outcome => Assert.True(outcome.Success, outcome.Error));
        Assert.Equal(1, during.Processes!.Hung);
        Assert.Equal(20, during.Processes.Processes.Count(static process => process.Facts.Group == "worker"));
        Assert.Contains(_log.Lines, static line => line.Contains("reading a process hangs", StringComparison.Ordinal) && line.Contains(" pid=9 ", StringComparison.Ordinal));
        Answer("9/cmdline", "x\0");
    }

    [Theory]
    [InlineData("8/stat")]
    [InlineData("8/status")]
    [InlineData("8/limits")]
    [InlineData("8/cgroup")]
    public void AnyOtherFile_ThatHangs_HidesTheProcessAndNoOther(string file)
    {
        HostSnapshot before = Scan();
        MakeFifo(file);
        using HostScanner scanner = new(_host.Root, Name, s_time, _log);
        HostSnapshot during = Scan(scanner);
        Assert.All(during.Outcomes, static outcome => Assert.True(outcome.Success, outcome.Error));
        Assert.Equal(Ids(before).Where(static id => id.Pid != 8), Ids(during));
        Assert.Equal((1, before.Processes!.Unidentified + 1), (during.Processes!.Hung, during.Processes.Unidentified));
        Answer(file, "");
    }

    [Fact]
    public void DeadlinePassed_EndsTheScan_WhichKnowsBetterTheNextTime()
    {
        MakeFifo("8/cmdline");
        using HostScanner scanner = new(_host.Root, Name, s_time, _log);
        HostSnapshot first = scanner.Scan(Collectors.All, new Deadline(s_time, TimeSpan.FromMilliseconds(500)));
        Assert.Equal("out of time while reading processes", OutcomeOf(first, Collectors.Process).Error);
        Assert.NotNull(first.FileHandles);
        Assert.True(OutcomeOf(Scan(scanner), Collectors.Process).Success);
        Answer("8/cmdline", "node\0");
    }

    /// <summary>More than one thread walks alone (<c>SocketOwnerCollector.ManyFds</c>).</summary>
    [Fact]
    public void Arguments_ThatHang_WhileManyDescriptorsAreNew_AllAreWalked()
    {
        const int links = 10_000;
        int[] pids = [8, 9, 58];
        foreach (int pid in pids)
        {
            for (int fd = 1000; fd < 1000 + links; fd++)
            {
                File.CreateSymbolicLink(_host.PathOf(FormattableString.Invariant($"{pid}/fd/{fd}")), "/srv/log/app.log");
            }
        }

        MakeFifo("8/cmdline");
        using HostScanner scanner = new(_host.Root, Name, s_time, _log);
        HostSnapshot during = Scan(scanner);
        Assert.All(during.Outcomes, static outcome => Assert.True(outcome.Success, outcome.Error));
        Assert.Equal((1, 0), (during.Processes!.Hung, during.Ownership!.UnwalkedProcesses));
        Assert.All(pids, pid => Assert.True(during.Ownership.Holdings[during.Processes.Processes.IndexOf(Find(during, pid))]!.Types[FdType.File] >= links));
        Answer("8/cmdline", "node\0");
    }

    [Fact]
    public void Inspection_OfAHungProcess_ShowsWhatCanBeRead_WithoutDelay()
    {
        MakeFifo("8/cmdline");
        using HostScanner scanner = new(_host.Root, Name, s_time, _log);
        ProcessInspection inspection = scanner.TryInspect(8, new Deadline(s_time, TimeSpan.FromMinutes(10)))!;
        Assert.Empty(inspection.Arguments);
        Assert.NotEmpty(inspection.Fds);
        Assert.Equal(1, Scan(scanner).Processes!.Hung);
        Answer("8/cmdline", "node\0");
    }

    private static string Name(ProcessDescription process)
        => process.Arguments.Count == 0 ? $"{process.Comm} without arguments" : $"{process.Comm} with {process.Arguments.Count} arguments";

    private HostSnapshot Scan() => Scan(_scanner);

    private static HostSnapshot Scan(HostScanner scanner)
        => scanner.Scan(Collectors.All, new Deadline(s_time, TimeSpan.FromMinutes(10)));

    private static HostSnapshot ScanUntil(HostScanner scanner, Predicate<HostSnapshot> condition)
    {
        for (int i = 0; ; i++)
        {
            HostSnapshot snapshot = Scan(scanner);
            if (condition(snapshot))
            {
                return snapshot;
            }

            Assert.True(i < 3000, "never");
            Thread.Sleep(10);
        }
    }

    private static Dictionary<ProcessId, string> NamesOf(HostSnapshot snapshot)
        => snapshot.Processes!.Processes.ToDictionary(static process => process.Id, static process => process.Facts.Group);

    private static IEnumerable<ProcessId> Ids(HostSnapshot snapshot) => snapshot.Processes!.Processes.Select(static process => process.Id).Order(s_byPid);

    private static readonly Comparer<ProcessId> s_byPid = Comparer<ProcessId>.Create(static (a, b) => a.Pid.CompareTo(b.Pid));

    private static ProcessSample Find(HostSnapshot snapshot, int pid) => snapshot.Processes!.Processes.Single(process => process.Id.Pid == pid);

    private static CollectorOutcome OutcomeOf(HostSnapshot snapshot, Collectors collector) => snapshot.Outcomes.Single(outcome => outcome.Collector == collector);

    private string[] CloneHung(int count, char state)
    {
        string[] pids = [.. Enumerable.Range(1001, count).Select(static pid => pid.ToString(CultureInfo.InvariantCulture))];
        foreach (string pid in pids)
        {
            _host.Clone("8", pid);
            _host.Replace($"{pid}/stat", "8 (node) S ", $"{pid} (node) {state} ");
            _host.Replace($"{pid}/status", "State:\tS", $"State:\t{state}");
            MakeFifo($"{pid}/cmdline");
        }

        return pids;
    }

    private void MakeFifo(string file)
    {
        _host.Delete(file);
        KernelFifo.Make(_host.PathOf(file));
    }

    /// <summary>Lets the reader continue, and replaces the FIFO with a file.</summary>
    private void Answer(string file, string text)
    {
        string fifo = _host.PathOf(file);
        string plain = fifo + ".new";
        File.WriteAllText(plain, text);
        using FileStream writer = new(fifo, FileMode.Open, FileAccess.Write);
        File.Move(plain, fifo, overwrite: true);
        writer.Write(Encoding.UTF8.GetBytes(text));
    }
}
