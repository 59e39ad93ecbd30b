using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Pods;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Processes;

/// <summary>
/// Collector <c>process</c>: every process with its number of open descriptors. On most scans a process costs one statx of
/// <c>fd</c>, and a kernel thread nothing: the listing shows that it is the same, and rarely changing facts are kept.
/// </summary>
internal sealed partial class ProcessCollector
{
    /// <summary>Number of scans between two reads of a process's facts, the longest time until a setuid is noticed.</summary>
    private const int FactsEvery = 64;

    /// <summary>The same for its limits, which prlimit(1) changes from outside.</summary>
    private const int LimitsEvery = 16;

    /// <summary>The same for its <c>stat</c>, the longest time until a rename or exec is noticed.</summary>
    private const int StatEvery = 8;

    /// <summary>Above this share of its limit, the limit is read on each scan: alerts depend on it.</summary>
    private const double NearLimit = 0.5;

    /// <summary>A younger process may still drop privileges or rename itself; its <c>stat</c> is read on each scan, its facts twice.</summary>
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
    private int _hungCount;

    /// <param name="hung">Processes with files that must not be read because they hang; null for none.</param>
    /// <param name="before">State of another collector with the same namer; null for none.</param>
    /// <param name="pods">Null without names of pods.</param>
    internal ProcessCollector(ProcFs procFs, ProcessNamer namer, TimeProvider time, HungProcesses? hung = null, ProcessTable? before = null, PodNames? pods = null)
    {
        _hung = hung ?? new HungProcesses();
        _procFs = procFs;
        _directory = new ProcessDirectory(procFs);
        _fds = new FdDirectory(procFs);
        _finder = new FdTableFinder(procFs, _fds);
        _checks = new FdTableChecks(_finder);
        _facts = new ProcessFactsReader(procFs, namer, time, _hung, pods);
        _time = time;
        _namer = namer;
        foreach (ProcessSample process in before?.Processes ?? [])
        {
            // Without an inode its stat is read first, to see whether it is the same.
            CommBytes comm = CommBytes.Of(Encoding.UTF8.GetBytes(process.Facts.Comm));
            _known[process.Id.Pid] = new KnownProcess(process.Id, ProcessEntry.NoInode, comm, process.Facts, _scan);
        }
    }

    /// <summary>The process being read and the file; pid 0 for none. Other threads use it to detect hangs.</summary>
    /// <remarks>Progress changes while the descriptors of one process are listed.</remarks>
    internal (ProcessId Id, HungAt At, int Progress) Reading
        => _facts.CommandLines.Asked is { Pid: > 0 } asked
            ? (asked, HungAt.Arguments, _fds.Batches)
            : (new ProcessId(Volatile.Read(ref _reading), 0), HungAt.Anything, _fds.Batches);

    /// <summary>The namer of the last scan.</summary>
    internal ProcessNamer Namer => _facts.Namer;

    internal string FdCountSourceName => _fds.Source == FdCountSource.Stat ? "stat" : "readdir";

    /// <summary>Names every process again, from the next scan on; a running scan ends with the old names. Thread-safe.</summary>
    internal void NameBy(ProcessNamer namer) => _namer = namer;

    /// <summary>Abandons the scan: it stops after the current process.</summary>
    /// <param name="hungAt">The process whose command line hangs; 0 if another file does.</param>
    /// <returns>Whether an abandoned read changes no state when it returns, so that another collector can continue with that state.</returns>
    internal bool Abandon(int hungAt)
    {
        _isAbandoned = true;
        return hungAt != 0 && _facts.CommandLines.TryAbandon(hungAt);
    }

    /// <summary>Takes over the state of an abandoned collector.</summary>
    internal void ContinueFrom(ProcessCollector abandoned)
    {
        (_known, _scan) = (abandoned._known, abandoned._scan);
        _facts.Namer = abandoned._facts.Namer;
    }

    /// <exception cref="IOException">The root cannot be listed, or the kernel has no handles left.</exception>
    /// <exception cref="TimeoutException">The deadline passed; an incomplete table would give wrong totals.</exception>
    internal ProcessTable Collect(Deadline deadline)
    {
        ProcessNamer namer = _namer;
        if (namer != _facts.Namer)
        {
            _facts.Namer = namer;
            _known.Clear();
        }

        Volatile.Write(ref _reading, 0);
        _hungCount = 0;
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
        return new ProcessTable(processes, unidentified, vanished, malformed) { Hung = _hungCount };
    }

    private ReadStatus TryCollect(ProcessEntry entry, out ProcessSample sample)
    {
        sample = default;
        _hungCount += _hung.IsWaiting(entry.Pid) ? 1 : 0;
        if (_hung.IsHidden(entry.Pid))
        {
            return ReadStatus.Denied;
        }

        ref KnownProcess known = ref FindUnchanged(entry);
        if (!Unsafe.IsNullRef(ref known))
        {
            CheckTables(ref known);
            ReadStatus counted = TryCount(entry.Pid, known.Facts.IsKernelThread || known.Facts.IsZombie, known.Facts.Tables, out FdCount open);

            // A process without descriptors has usually ended: read its stat again.
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

    /// <summary>Distributes periodic work over the scans.</summary>
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
