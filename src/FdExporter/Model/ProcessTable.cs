using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>The processes of one scan.</summary>
/// <param name="Unidentified">Processes that exist but whose name and start may not be read (hidepid=1), or not understood.</param>
/// <param name="Vanished">Processes that were listed and exited before they could be read; in no other number.</param>
/// <param name="Malformed">Those of the unidentified whose stat could not be understood.</param>
internal sealed record ProcessTable(ImmutableArray<ProcessSample> Processes, int Unidentified, int Vanished, int Malformed)
{
    /// <summary>How many the kernel does not answer about: what it kept back is unknown, of some their arguments, of some everything.</summary>
    internal int Hung { get; init; }

    /// <summary>Another number than that of the scan before where the rules are others, so that all names may be new.</summary>
    internal int Naming { get; init; }

    /// <summary>Whether pid 1 was listed and could be read.</summary>
    internal bool ShowsFirst
    {
        get
        {
            foreach (ref readonly ProcessSample process in Processes.AsSpan())
            {
                if (process.Id.Pid == 1)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>
    /// How many have several threads of which it is not known whether all share one descriptor table: what a thread holds in a
    /// table of its own may be missing there.
    /// </summary>
    /// <param name="amongVisible">Without those of which not everything may be seen anyway.</param>
    internal int CountOfUncheckedTables(bool amongVisible = false)
    {
        int count = 0;
        foreach (ref readonly ProcessSample process in Processes.AsSpan())
        {
            count += !process.Facts.Tables.IsComplete && (!amongVisible || process.Visibility == ProcessVisibility.Full) ? 1 : 0;
        }

        return count;
    }

    /// <summary>How many processes can be seen this well. Kernel threads are not counted: there is nothing to be seen in them.</summary>
    internal int CountOf(ProcessVisibility visibility)
    {
        int count = visibility == ProcessVisibility.None ? Unidentified : 0;
        foreach (ref readonly ProcessSample process in Processes.AsSpan())
        {
            count += !process.Facts.IsKernelThread && process.Visibility == visibility ? 1 : 0;
        }

        return count;
    }

    /// <summary>
    /// How many processes cannot be inspected for want of a right. Those of our own user are ours to see; one that is refused was
    /// just exiting, or hides from its user as well.
    /// </summary>
    internal int CountDenied(uint ownUid)
    {
        int denied = Unidentified - Malformed;
        foreach (ref readonly ProcessSample process in Processes.AsSpan())
        {
            // One without descriptors has nothing that could be inspected.
            bool isDenied = process.OpenFds != 0 && process.Visibility != ProcessVisibility.Full;
            denied += isDenied && process.Facts.Uid is { } uid && uid != ownUid ? 1 : 0;
        }

        return denied;
    }
}
