using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Processes;

/// <summary>One process, read on request.</summary>
internal sealed partial class ProcessCollector
{
    /// <summary>Reads one process with its command line. Does not change state kept between scans.</summary>
    /// <param name="pid">A process, or one of its threads.</param>
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

    /// <summary>Whether it still runs and its pid was not reused.</summary>
    internal bool IsStillThere(ProcessId id)
        => ProcessStat.TryRead(_procFs, id.Pid, _statBuffer, out ProcessStat stat) == ReadStatus.Ok && stat.StartTicks == id.StartTicks;

    /// <summary>The user, besides root, to whom the kernel grants access to it as an owner; null if none or unknown.</summary>
    internal uint? ReadableBy(int pid)
        => _procFs.IsKernel
            && ProcessStatus.TryRead(_procFs, pid, _statusBuffer, out ProcessStatus status) == ReadStatus.Ok && status.IsOfOneUser
            && _procFs.TryStatOwner(ProcPath.Of(pid, "fd"u8), out uint owner) == ReadStatus.Ok && owner == status.EffectiveUid
            ? owner
            : null;

    /// <summary>The process of a thread: the folder of a thread other than the main one exists but is not listed.</summary>
    private int OwnerOf(int pid)
        => ProcessStatus.TryRead(_procFs, pid, _statusBuffer, out ProcessStatus status) == ReadStatus.Ok
            && status.ThreadGroup is > 0 and <= int.MaxValue and { } group ? (int)group : pid;
}
