using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Processes;

/// <summary>
/// Collector <c>process</c>: every process with its number of open descriptors. On most scans a process costs one statx
/// of <c>fd</c> and a kernel thread nothing: the listing tells that it is still the same, and what seldom changes is kept.
/// </summary>
internal sealed class ProcessCollector
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

    /// <summary>One process, read anew, with its command line. What is kept of it between scans is not touched.</summary>
    /// <param name="pid">Of a process, or of one of its threads.</param>
    internal ReadStatus TryReadOne(int pid, out ReadProcess? read)
    {
        read = null;
        int owner = OwnerOf(pid);
        if (_hung.IsHidden(owner))
        {
            return ReadStatus.Denied;
        }

        Volatile.Write(ref _reading, owner);
        try
        {
            ReadStatus status = TryReadProcess(owner, out read);
            read = read is null || owner == pid ? read : OfThread(read, pid);
            return status;
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }

    private ReadStatus TryReadProcess(int pid, out ReadProcess? read)
    {
        read = null;
        ReadStatus status = ProcessStat.TryRead(_procFs, pid, _statBuffer, out ProcessStat stat);
        if (status != ReadStatus.Ok)
        {
            return status;
        }

        ProcessId id = new(pid, stat.StartTicks);
        ref KnownProcess known = ref CollectionsMarshal.GetValueRefOrNullRef(_known, pid);
        FdTables tables = FdTables.One;
        if (stat.Threads > 1)
        {
            bool isKnown = !Unsafe.IsNullRef(ref known) && known.Id == id;
            ImmutableArray<int> suspects = isKnown ? known.Check.Suspects : default;
            status = _finder.TryFind(pid, stat.HasLostMainThread, isKnown ? known.Facts.Tables : tables, ref suspects, out tables);
        }

        FdCount count = default;
        status = status == ReadStatus.Ok ? TryCount(pid, stat.IsKernelThread || stat.IsZombie, tables, out count) : status;
        if (status == ReadStatus.Ok)
        {
            int? commandLine = 0;
            ProcessFacts facts = stat.IsKernelThread ? _facts.ReadKernelThread(id, stat.Comm) : _facts.Read(id, in stat, tables, out commandLine, out _);
            facts = commandLine is null && !Unsafe.IsNullRef(ref known) ? KeepName(facts, in known, id) : facts;
            read = new ReadProcess(SampleOf(id, in count, facts), _facts.CommandLines.TryRead(id, FdTableFolders.FolderOf(pid, tables, 0), out _) ?? []);
        }

        return status;
    }

    private ReadProcess OfThread(ReadProcess process, int thread)
    {
        ProcessSample sample = process.Sample;
        FdTables own = new([thread], true);
        return _finder.HasOwnTable(sample.Id.Pid, sample.Facts.Tables, thread) == true
            && TryCount(sample.Id.Pid, false, own, out FdCount count) == ReadStatus.Ok
            ? process with { Sample = SampleOf(sample.Id, in count, sample.Facts with { Tables = own }), Thread = thread, HasOwnTable = true }
            : process with { Thread = thread };
    }

    private static ProcessSample SampleOf(ProcessId id, in FdCount count, ProcessFacts facts)
        => new(id, count.All, facts) { LargestTable = count.Largest };

    /// <summary>Whether it has not ended, nor another process taken its pid.</summary>
    internal bool IsStillThere(ProcessId id)
        => ProcessStat.TryRead(_procFs, id.Pid, _statBuffer, out ProcessStat stat) == ReadStatus.Ok && stat.StartTicks == id.StartTicks;

    /// <summary>The user whom the kernel lets look into it as its own, beside root; null where there is none, or it cannot be told.</summary>
    internal uint? ReadableBy(int pid)
        => _procFs.IsKernel
            && ProcessStatus.TryRead(_procFs, pid, _statusBuffer, out ProcessStatus status) == ReadStatus.Ok && status.IsOfOneUser
            && _procFs.TryStatOwner(ProcPath.Of(pid, "fd"u8), out uint owner) == ReadStatus.Ok && owner == status.EffectiveUid
            ? owner
            : null;

    /// <summary>A thread other than the first has a folder as a process has, though none that is listed; the process that it belongs to.</summary>
    private int OwnerOf(int pid)
        => ProcessStatus.TryRead(_procFs, pid, _statusBuffer, out ProcessStatus status) == ReadStatus.Ok
            && status.ThreadGroup is > 0 and <= int.MaxValue and { } group ? (int)group : pid;

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

    /// <summary>One that may not be asked who it is now is the one that it was, if it is still the same entry.</summary>
    private ReadStatus TryKeep(ProcessEntry entry, out ProcessSample sample)
    {
        ref KnownProcess known = ref CollectionsMarshal.GetValueRefOrNullRef(_known, entry.Pid);
        sample = default;
        _hungThere += _hung.IsWaiting(entry.Pid) ? 0 : 1;
        if (Unsafe.IsNullRef(ref known) || entry.Inode != known.Inode || entry.Inode <= ProcessEntry.NoInode)
        {
            return ReadStatus.Denied;
        }

        known.LastScan = _scan;
        ReadStatus status = TryCount(entry.Pid, known.Facts.IsKernelThread || known.Facts.IsZombie, known.Facts.Tables, out FdCount count);
        sample = status == ReadStatus.Ok ? SampleOf(known.Id, in count, known.Facts) : default;
        return status;
    }

    private ReadStatus TryCollectChanged(ProcessEntry entry, out ProcessSample sample)
    {
        sample = default;
        ReadStatus status = ProcessStat.TryRead(_procFs, entry.Pid, _statBuffer, out ProcessStat stat);
        if (status != ReadStatus.Ok)
        {
            return status;
        }

        ProcessId id = new(entry.Pid, stat.StartTicks);
        bool isKnown = _known.TryGetValue(entry.Pid, out KnownProcess before) && before.Id == id;
        FdTables tables = isKnown ? before.Facts.Tables : FdTables.One;
        FdTableChecks.State check = isKnown ? before.Check : default;
        status = TryCount(in stat, id.Pid, ref check, ref tables, out FdCount count);
        if (status == ReadStatus.Ok)
        {
            sample = SampleOf(id, in count, FactsOf(id, entry.Inode, in stat, tables, in check, in count));
        }

        return status;
    }

    /// <summary>A process of which nothing else changes may have a thread that takes a table of its own.</summary>
    private void CheckTables(ref KnownProcess known)
    {
        bool isTurn = TurnOf(known.Id.Pid) % FdTableChecks.Every == 0;
        if (known.Check.Threads < 2 || (known.Check.IsChecked && !isTurn))
        {
            return;
        }

        FdTableChecks.State check = known.Check;
        FdTables tables = known.Facts.Tables;
        if (_checks.TryCheck(known.Id.Pid, check.Threads, check.HasLostMainThread, isTurn, ref check, ref tables) == ReadStatus.Ok)
        {
            known.Check = check;
            if (tables != known.Facts.Tables)
            {
                known.Facts = known.Facts with { Tables = tables };
            }
        }
    }

    /// <summary>Finds the tables of a process anew if there is a reason to, and counts what they hold.</summary>
    private ReadStatus TryCount(in ProcessStat stat, int pid, ref FdTableChecks.State check, ref FdTables tables, out FdCount count)
    {
        bool isTurn = TurnOf(pid) % FdTableChecks.Every == 0;
        count = default;
        for (int tries = 0; ; tries++)
        {
            ReadStatus status = _checks.TryCheck(pid, stat.IsKernelThread ? 1 : stat.Threads, stat.HasLostMainThread, isTurn, ref check, ref tables);
            status = status == ReadStatus.Ok ? TryCount(pid, stat.IsKernelThread || stat.IsZombie, tables, out count) : status;
            if (status != ReadStatus.Ok || !count.IsDoubtful || tables.Threads.IsEmpty || tries > 0)
            {
                return status;
            }

            // The thread that one of the tables was read by has ended.
            check = check with { IsChecked = false };
        }
    }

    /// <summary>
    /// The process that the entry surely still is, so that its <c>stat</c>, two thirds of what a process costs, need not
    /// be read; else a null reference.
    /// </summary>
    private ref KnownProcess FindUnchanged(ProcessEntry entry)
    {
        ref KnownProcess known = ref CollectionsMarshal.GetValueRefOrNullRef(_known, entry.Pid);
        return ref !Unsafe.IsNullRef(ref known)
            && _procFs.IsKernel
            && entry.Inode == known.Inode
            && entry.Inode > ProcessEntry.NoInode
            && !known.ReadAgain
            && _now - known.Facts.StartTime >= s_young
            && TurnOf(entry.Pid) % StatEvery != 0
            ? ref known
            : ref Unsafe.NullRef<KnownProcess>();
    }

    /// <param name="holdsNothing">A kernel thread, or a zombie, of which not even the descriptors could be listed.</param>
    private ReadStatus TryCount(int pid, bool holdsNothing, FdTables tables, out FdCount count)
    {
        count = new FdCount(0, 0, false);
        for (int table = 0; !holdsNothing && table < tables.Count; table++)
        {
            ReadStatus status = _fds.TryCount(FdTableFolders.FolderOf(pid, tables, table), out long open);
            if (status == ReadStatus.Ok)
            {
                count = new FdCount(count.All + open, Math.Max(count.Largest ?? 0, open), count.IsDoubtful || open == 0);
            }
            else if (status != ReadStatus.Gone || !_procFs.IsKernel)
            {
                // On a captured root the folder may just not have been captured; in the kernel it ends with the process.
                count = default;
                return ReadStatus.Ok;
            }
            else if (tables.Threads.IsEmpty)
            {
                return ReadStatus.Gone;
            }
            else
            {
                count = count with { IsDoubtful = true };
            }
        }

        return ReadStatus.Ok;
    }

    /// <summary>Nothing is remembered of a process before all of it has been read: a reading that fails in the middle leaves it as it was.</summary>
    private ProcessFacts FactsOf(ProcessId id, ulong inode, in ProcessStat stat, FdTables tables, in FdTableChecks.State check, in FdCount count)
    {
        bool isKnown = _known.TryGetValue(id.Pid, out KnownProcess known) && known.Id == id;
        CommBytes comm = stat.IsKernelThread ? default : CommBytes.Of(stat.Comm);
        if (stat.IsKernelThread)
        {
            // A kernel worker renames itself after each piece of work; none of them is read further.
            known = isKnown ? known : new KnownProcess(id, inode, comm, _facts.ReadKernelThread(id, stat.Comm), _scan);
        }
        else if (!isKnown || known.Comm != comm || known.ReadAgain || known.Check.HasLostMainThread != check.HasLostMainThread
            || IsOtherProgram(in known, stat.Image, tables) || TurnOf(id.Pid) % FactsEvery == 0)
        {
            known = Read(id, inode, in stat, tables, comm, isKnown, in known) with { Check = check };
        }
        else
        {
            if (known.Facts.IsZombie != stat.IsZombie || known.Facts.ParentPid != stat.ParentPid || known.Facts.Tables != tables)
            {
                known = known with { Facts = known.Facts with { IsZombie = stat.IsZombie, ParentPid = stat.ParentPid, Tables = tables } };
            }

            (known.Image, known.Check) = (stat.Image, check);
            RefreshLimits(ref known, in count);
        }

        (known.LastScan, known.Inode) = (_scan, inode);
        _known[id.Pid] = known;
        return known.Facts;
    }

    private KnownProcess Read(ProcessId id, ulong inode, in ProcessStat stat, FdTables tables, CommBytes comm, bool isKnown, in KnownProcess before)
    {
        if (isKnown && before.Comm != comm)
        {
            _hung.ForgetAnswer(id.Pid);
        }

        ProcessFacts facts = _facts.Read(id, in stat, tables, out int? commandLine, out bool isWhole);
        bool keepsName = commandLine is null && isKnown && before.Comm == comm && !before.IsUnanswered;
        bool isUnanswered = commandLine is null && !keepsName;
        _hungThere += isUnanswered && !_hung.IsWaiting(id.Pid) ? 1 : 0;
        return new KnownProcess(id, inode, comm, keepsName ? KeepName(facts, in before, id) : facts, _scan)
        {
            ReadAgain = isUnanswered || !isWhole || (!isKnown && _now - _facts.StartTimeOf(id) < s_young),
            Image = stat.Image,
            CommandLine = commandLine ?? before.CommandLine,
            IsUnanswered = isUnanswered,
        };
    }

    /// <summary>Whether it has replaced itself, by a program that the kernel calls by the same name: one script by another, say.</summary>
    private bool IsOtherProgram(in KnownProcess known, ProcessImage image, FdTables tables)
        => image.IsOther(known.Image)
            || (image.MayBeOther(known.Image)
                && _facts.CommandLines.TryReadHash(known.Id, FdTableFolders.FolderOf(known.Id.Pid, tables, 0)) is { } now && now != known.CommandLine);

    /// <summary>
    /// Without its arguments, which cannot be read while it hangs, it would go by another name: it keeps the one that it
    /// had with them, unless it runs another program by now.
    /// </summary>
    private static ProcessFacts KeepName(ProcessFacts facts, in KnownProcess known, ProcessId id)
        => known.Id == id && known.Facts.Comm == facts.Comm ? facts with { Group = known.Facts.Group } : facts;

    private void RefreshLimits(ref KnownProcess known, in FdCount count)
    {
        // Above its limit: as a rule it was lowered, but it may have been raised since it was read.
        ProcessSample now = SampleOf(known.Id, in count, known.Facts);
        if (known.Facts.IsKernelThread || (TurnOf(known.Id.Pid) % LimitsEvery != 0 && !(now.FdRatio >= NearLimit) && !now.IsAboveLimit))
        {
            return;
        }

        FdLimits? limits = _facts.ReadLimits(FdTableFolders.FolderOf(known.Id.Pid, known.Facts.Tables, 0));
        if (limits != known.Facts.Limits)
        {
            known = known with { Facts = known.Facts with { Limits = limits } };
        }
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
