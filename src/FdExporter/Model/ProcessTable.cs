using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>The processes of one scan.</summary>
/// <param name="Unidentified">Processes that exist but whose name and start cannot be read (hidepid=1) or parsed.</param>
/// <param name="Vanished">Processes that were listed and exited before they could be read. Not included in any other number.</param>
/// <param name="Malformed">Those of the unidentified whose stat could not be parsed.</param>
internal sealed record ProcessTable(ImmutableArray<ProcessSample> Processes, int Unidentified, int Vanished, int Malformed)
{
    /// <summary>Number of processes for which the kernel does not answer. Some or all of their values are unknown.</summary>
    internal int Hung { get; init; }

    /// <summary>Changes when the rules change, since all names may then be new.</summary>
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

    internal ProcessSample? TryFind(ProcessId id)
    {
        foreach (ref readonly ProcessSample process in Processes.AsSpan())
        {
            if (process.Id == id)
            {
                return process;
            }
        }

        return null;
    }

    /// <summary>
    /// Number of processes with several threads that may not share one descriptor table. Descriptors in a thread's own table may be
    /// missing.
    /// </summary>
    /// <param name="amongVisible">Without those that are not fully visible anyway.</param>
    internal int CountOfUncheckedTables(bool amongVisible = false)
    {
        int count = 0;
        foreach (ref readonly ProcessSample process in Processes.AsSpan())
        {
            count += !process.Facts.Tables.IsComplete && (!amongVisible || process.Visibility == ProcessVisibility.Full) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Number of processes with this visibility. Kernel threads are not counted, as they have no descriptors.</summary>
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
    /// Number of processes that cannot be inspected because of a missing privilege. Our own user's processes are not counted: if one is
    /// refused, it was exiting, or hides from its user too.
    /// </summary>
    internal int CountDenied(uint ownUid)
    {
        int denied = Unidentified - Malformed;
        foreach (ref readonly ProcessSample process in Processes.AsSpan())
        {
            // A process without descriptors has nothing to inspect.
            bool isDenied = process.OpenFds != 0 && process.Visibility != ProcessVisibility.Full;
            denied += isDenied && process.Facts.Uid is { } uid && uid != ownUid ? 1 : 0;
        }

        return denied;
    }
}
