using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Processes;

/// <summary>Known facts of a process, valid as long as it is the same.</summary>
internal sealed partial class ProcessCollector
{
    /// <summary>A process that cannot be identified now is assumed unchanged if its entry is unchanged.</summary>
    private ReadStatus TryKeep(ProcessEntry entry, out ProcessSample sample)
    {
        ref KnownProcess known = ref CollectionsMarshal.GetValueRefOrNullRef(_known, entry.Pid);
        sample = default;
        _hungCount += _hung.IsWaiting(entry.Pid) ? 0 : 1;
        if (Unsafe.IsNullRef(ref known) || entry.Inode != known.Inode || entry.Inode <= ProcessEntry.NoInode)
        {
            return ReadStatus.Denied;
        }

        known.LastScan = _scan;
        ReadStatus status = TryCount(entry.Pid, known.Facts.IsKernelThread || known.Facts.IsZombie, known.Facts.Tables, out FdCount count);
        sample = status == ReadStatus.Ok ? SampleOf(known.Id, in count, known.Facts) : default;
        return status;
    }

    /// <summary>
    /// The process that the entry certainly still is, so that its <c>stat</c>, two thirds of the cost of a process, need not
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
}
