using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Processes;

/// <summary>
/// Collector <c>process</c>: every process with its number of open descriptors. On most scans a process costs one statx
/// of <c>fd</c> and a kernel thread nothing: the listing tells that it is still the same, and what seldom changes is kept.
/// </summary>
internal sealed partial class ProcessCollector
{
    /// <summary>Each process has its facts read again on one scan in so many; by then an unnoticed setuid shows.</summary>
    private const int FactsEvery = 64;

    /// <summary>Likewise its limits, which prlimit(1) changes from outside.</summary>
    private const int LimitsEvery = 16;

    /// <summary>Likewise its <c>stat</c>; by then a process that took another name or became another program goes by it.</summary>
    private const int StatEvery = 8;

    /// <summary>From this share of its limit on, a process has it read on each scan: an alert may hang on it.</summary>
    private const double NearLimit = 0.5;

    /// <summary>A process younger than this may yet drop privileges or rename itself; its <c>stat</c> is read on each scan, its facts twice.</summary>
    private static readonly TimeSpan s_young = TimeSpan.FromSeconds(30);

    private readonly ProcFs _procFs;
    private readonly ProcessDirectory _directory;
    private readonly FdDirectory _fds;
    private readonly FdTableFinder _finder;
    private readonly FdTableChecks _checks;
    private readonly ProcessFactsReader _facts;
    private readonly TimeProvider _time;
    private readonly HungProcesses _hung;
    private readonly byte[] _statBuffer = new byte[1024];
    private readonly byte[] _statusBuffer = new byte[4096];
    private readonly List<ProcessEntry> _entries = [];
    private Dictionary<int, KnownProcess> _known = [];
    private ProcessSample[] _samples = [];
    private volatile ProcessNamer _namer;
    private uint _scan;
    private DateTimeOffset _now;
    private int _reading;
    private volatile bool _isAbandoned;
    private int _hungThere;

    /// <param name="hung">Processes of which not everything may be read, lest the reading hang; null for none.</param>
    /// <param name="before">What another collector found with the same namer; null for none.</param>
    internal ProcessCollector(ProcFs procFs, ProcessNamer namer, TimeProvider time, HungProcesses? hung = null, ProcessTable? before = null)
    {
        _hung = hung ?? new HungProcesses();
        _procFs = procFs;
        _directory = new ProcessDirectory(procFs);
        _fds = new FdDirectory(procFs);
        _finder = new FdTableFinder(procFs, _fds);
        _checks = new FdTableChecks(_finder);
        _facts = new ProcessFactsReader(procFs, namer, time, _hung);
        _time = time;
        _namer = namer;
        foreach (ProcessSample process in before?.Processes ?? [])
        {
            // Without an inode its stat is read first, which tells whether it is still the same.
            CommBytes comm = CommBytes.Of(Encoding.UTF8.GetBytes(process.Facts.Comm));
            _known[process.Id.Pid] = new KnownProcess(process.Id, ProcessEntry.NoInode, comm, process.Facts, _scan);
        }
    }

    /// <summary>Which process is being read, and what of it; pid 0 for none. For others to see whether it goes on.</summary>
    /// <remarks>Progress changes while the descriptors of one process are listed.</remarks>
    internal (ProcessId Id, HungAt At, int Progress) Reading
        => _facts.CommandLines.Asked is { Pid: > 0 } asked
            ? (asked, HungAt.Arguments, _fds.Batches)
            : (new ProcessId(Volatile.Read(ref _reading), 0), HungAt.Anything, _fds.Batches);

    /// <summary>Who named the processes of the last scan.</summary>
    internal ProcessNamer Namer => _facts.Namer;

    internal string FdCountSourceName => _fds.Source == FdCountSource.Stat ? "stat" : "readdir";

    /// <summary>Names every process anew, from the next scan on; may be called while one is under way, which ends with the old names.</summary>
    internal void NameBy(ProcessNamer namer) => _namer = namer;

    /// <summary>Nobody waits any more for what it reads: it stops behind the process that it is at.</summary>
    /// <param name="hungAt">Whose command line it waits for; 0 where it is anything else.</param>
    /// <returns>Whether it touches nothing any more when it comes back, so that another may go on from what it knows.</returns>
    internal bool Abandon(int hungAt)
    {
        _isAbandoned = true;
        return hungAt != 0 && _facts.CommandLines.TryAbandon(hungAt);
    }

    /// <summary>Takes over what an abandoned one knows.</summary>
    internal void GoOnFrom(ProcessCollector abandoned)
    {
        (_known, _scan) = (abandoned._known, abandoned._scan);
        _facts.Namer = abandoned._facts.Namer;
    }

    /// <exception cref="IOException">The root cannot be listed, or the kernel has no handles left.</exception>
    /// <exception cref="TimeoutException">The deadline passed; half a table would be wrong totals.</exception>
    internal ProcessTable Collect(Deadline deadline)
    {
        ProcessNamer namer = _namer;
        if (namer != _facts.Namer)
        {
            _facts.Namer = namer;
            _known.Clear();
        }

        Volatile.Write(ref _reading, 0);
        _hungThere = 0;
        _scan++;
        _now = _time.GetUtcNow();
        _facts.RefreshBootTime();
        _checks.BeginScan();
        _directory.Read(_entries);
        if (_samples.Length < _entries.Count)
        {
            _samples = new ProcessSample[_entries.Count + (_entries.Count / 4)];
        }

        int count = 0;
        int unidentified = 0;
        int vanished = 0;
        int malformed = 0;
        foreach (ProcessEntry entry in _entries)
        {
            deadline.ThrowIfPassed("reading processes");
            if (_isAbandoned)
            {
                throw new OperationCanceledException();
            }

            Volatile.Write(ref _reading, entry.Pid);
            switch (TryCollect(entry, out ProcessSample sample))
            {
                case ReadStatus.Ok:
                    _samples[count++] = sample;
                    break;
                case ReadStatus.Gone:
                    vanished++;
                    break;
                case ReadStatus.Denied:
                    unidentified++;
                    break;
                default:
                    unidentified++;
                    malformed++;
                    break;
            }
        }

        Volatile.Write(ref _reading, 0);
        RemoveExited(count);
        _hung.RemoveEnded(_known.ContainsKey);
        ImmutableArray<ProcessSample> processes = ImmutableArray.Create(_samples.AsSpan(0, count));
        _samples.AsSpan(0, count).Clear();
        return new ProcessTable(processes, unidentified, vanished, malformed) { Hung = _hungThere };
    }

    private ReadStatus TryCollect(ProcessEntry entry, out ProcessSample sample)
    {
        sample = default;
        _hungThere += _hung.IsWaiting(entry.Pid) ? 1 : 0;
        if (_hung.IsHidden(entry.Pid))
        {
            return ReadStatus.Denied;
        }

        ref KnownProcess known = ref FindUnchanged(entry);
        if (!Unsafe.IsNullRef(ref known))
        {
            CheckTables(ref known);
            ReadStatus counted = TryCount(entry.Pid, known.Facts.IsKernelThread || known.Facts.IsZombie, known.Facts.Tables, out FdCount open);

            // A process that has ended holds nothing, and hardly another does: its stat tells, which may have changed since.
            if (!open.IsDoubtful)
            {
                if (counted == ReadStatus.Ok)
                {
                    known.LastScan = _scan;
                    RefreshLimits(ref known, in open);
                    sample = SampleOf(known.Id, in open, known.Facts);
                }

                return counted;
            }
        }

        return _procFs.MayAsk(entry.Pid) ? TryCollectChanged(entry, out sample) : TryKeep(entry, out sample);
    }

    /// <summary>Spreads over the scans what each process has done to it on one scan in so many.</summary>
    private uint TurnOf(int pid) => _scan + (uint)pid;

    private void RemoveExited(int living)
    {
        if (_known.Count == living)
        {
            return;
        }

        foreach ((int pid, KnownProcess known) in _known)
        {
            if (known.LastScan != _scan)
            {
                _known.Remove(pid);
            }
        }
    }
}
