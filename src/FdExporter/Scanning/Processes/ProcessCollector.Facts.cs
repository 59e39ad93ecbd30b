using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Processes;

/// <summary>Rarely changing facts of a process: read if necessary, and periodically.</summary>
internal sealed partial class ProcessCollector
{
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

    /// <summary>State is stored only after everything was read: a failure in the middle leaves it unchanged.</summary>
    private ProcessFacts FactsOf(ProcessId id, ulong inode, in ProcessStat stat, FdTables tables, in FdTableChecks.State check, in FdCount count)
    {
        bool isKnown = _known.TryGetValue(id.Pid, out KnownProcess known) && known.Id == id;
        CommBytes comm = stat.IsKernelThread ? default : CommBytes.Of(stat.Comm);
        if (stat.IsKernelThread)
        {
            // A kernel worker renames itself after each piece of work; its other files are not read.
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
        _hungCount += isUnanswered && !_hung.IsWaiting(id.Pid) ? 1 : 0;
        return new KnownProcess(id, inode, comm, keepsName ? KeepName(facts, in before, id) : facts, _scan)
        {
            ReadAgain = isUnanswered || !isWhole || (!isKnown && _now - _facts.StartTimeOf(id) < s_young),
            Image = stat.Image,
            CommandLine = commandLine ?? before.CommandLine,
            IsUnanswered = isUnanswered,
        };
    }

    /// <summary>Whether it has called exec for a program with the same command name, such as another script.</summary>
    private bool IsOtherProgram(in KnownProcess known, ProcessImage image, FdTables tables)
        => image.IsOther(known.Image)
            || (image.MayBeOther(known.Image)
                && _facts.CommandLines.TryReadHash(known.Id, FdTableFolders.FolderOf(known.Id.Pid, tables, 0)) is { } now && now != known.CommandLine);

    /// <summary>
    /// Without its arguments, which cannot be read while it hangs, it would get another name: it keeps the previous one,
    /// unless it runs another program now.
    /// </summary>
    private static ProcessFacts KeepName(ProcessFacts facts, in KnownProcess known, ProcessId id)
        => known.Id == id && known.Facts.Comm == facts.Comm ? facts with { Group = known.Facts.Group } : facts;

    private void RefreshLimits(ref KnownProcess known, in FdCount count)
    {
        // Above its limit: usually the limit was lowered, but it may have been raised since it was read.
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
}
