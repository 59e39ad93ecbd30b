using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Processes;

/// <summary>Counts the descriptors of a process, in all its tables.</summary>
internal sealed partial class ProcessCollector
{
    private static ProcessSample SampleOf(ProcessId id, in FdCount count, ProcessFacts facts)
        => new(id, count.All, facts) { LargestTable = count.Largest };

    /// <summary>A thread may get its own table while nothing else about the process changes.</summary>
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

    /// <summary>Searches the tables of a process again if necessary, and counts their descriptors.</summary>
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

            // The thread used to read one of the tables has ended.
            check = check with { IsChecked = false };
        }
    }

    /// <param name="holdsNothing">A kernel thread, or a zombie whose descriptors cannot be listed.</param>
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
                // In a captured root the folder may be missing; in the kernel it ends with the process.
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
}
