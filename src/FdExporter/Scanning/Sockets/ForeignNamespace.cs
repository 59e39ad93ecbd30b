using FdExporter.Linux.Procfs;

namespace FdExporter.Scanning.Sockets;

/// <summary>What scans remember of a network namespace other than the host's.</summary>
internal sealed class ForeignNamespace
{
    /// <summary>Id from the folder of a process in it, see <see cref="NetNamespace"/>.</summary>
    internal required ulong Id { get; init; }

    /// <summary>Null while it is closed, or if it could not be opened.</summary>
    internal ITcpSource? Source { get; set; }

    /// <summary>Its inode number, as in lsns(8) and mounts; 0 if unknown.</summary>
    internal ulong Number { get; set; }

    /// <summary>Its cookie, as its sockets report it; 0 if unknown.</summary>
    internal ulong Cookie { get; set; }

    internal string Name { get; set; } = "";

    /// <summary>Whether this scan has found that it exists.</summary>
    internal bool IsThere { get; set; }

    /// <summary>A process or thread that lives in it in this scan; the default if there is none.</summary>
    internal ProcFolder Process { get; set; }

    internal bool IsLivedIn => Process.Pid != 0;

    /// <summary>The user whose share of time and sockets it uses; null if unknown.</summary>
    internal uint? User { get; set; }

    /// <summary>A socket by which it was found.</summary>
    internal CarriedSocket? Socket { get; set; }

    /// <summary>The scan that found it.</summary>
    internal required uint FoundIn { get; init; }

    /// <summary>Why its sockets are missing in this scan; null if they are not.</summary>
    internal string? Problem { get; set; }

    /// <summary>Its counters in this scan, taken before its sockets are read; null without a process in it.</summary>
    internal NamespaceCounters? Counters { get; set; }

    /// <summary>Latest start time of the processes seen in it. Unit: ticks.</summary>
    internal ulong NewestStart { get; set; }

    /// <summary>The last reading; null before the first, after a failed one, and if it is too large to keep.</summary>
    internal NamespaceReading? Last { get; set; }

    /// <summary>Number of times its sockets have been read.</summary>
    internal int Dumps { get; set; }

    /// <summary>Whether nothing has happened to its sockets since the last reading.</summary>
    internal bool IsUnchanged => Last is { Counters: { } then } last && Counters == then && (then.IsEmpty || NewestStart == last.NewestStart);

    /// <summary>Whether the last reading is as good as a new one.</summary>
    internal bool IsProven => IsUnchanged && Last!.Sockets.AreSettled;

    private int _failures;

    /// <summary>The first scan that may try netlink again.</summary>
    internal uint RetryFrom { get; private set; }

    /// <summary>
    /// After a failure netlink is tried again on the next scan, then after two, four, up to 64. The failure may have been a timeout.
    /// </summary>
    internal void NoteFailure(uint scan)
    {
        if (RetryFrom <= scan)
        {
            RetryFrom = scan + (1u << _failures);
            _failures = Math.Min(_failures + 1, 6);
        }
    }

    internal void NoteSuccess() => _failures = 0;

    internal void Close()
    {
        Source?.Dispose();
        Source = null;
    }
}
