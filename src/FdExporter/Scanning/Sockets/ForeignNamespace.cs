using FdExporter.Linux.Procfs;

namespace FdExporter.Scanning.Sockets;

/// <summary>What is remembered between scans of a network namespace other than the host's.</summary>
internal sealed class ForeignNamespace
{
    /// <summary>Of the folder of a process that is in it, see <see cref="NetNamespace"/>.</summary>
    internal required ulong Id { get; init; }

    /// <summary>Null while it is closed, or could not be opened.</summary>
    internal ITcpSource? Source { get; set; }

    /// <summary>The number that lsns(8) and mounts have for it; 0 while that is not known.</summary>
    internal ulong Number { get; set; }

    /// <summary>What its sockets have for it; 0 while that is not known.</summary>
    internal ulong Cookie { get; set; }

    internal string Name { get; set; } = "";

    /// <summary>Whether something in this scan shows that it is there.</summary>
    internal bool IsThere { get; set; }

    /// <summary>A process that lives in it in this scan, or one of its threads that does; the default for none.</summary>
    internal ProcFolder Process { get; set; }

    internal bool IsLivedIn => Process.Pid != 0;

    /// <summary>The user that it is owed to, whose share of time and sockets it is read in; null while that is not known.</summary>
    internal uint? User { get; set; }

    /// <summary>A socket by which it was found.</summary>
    internal CarriedSocket? Socket { get; set; }

    /// <summary>The scan that found it.</summary>
    internal required uint FoundIn { get; init; }

    /// <summary>Why its sockets are in no number of this scan; null when they are.</summary>
    internal string? Problem { get; set; }

    /// <summary>What is known of its sockets in this scan before they are read; null where no process tells.</summary>
    internal NamespaceCounters? Counters { get; set; }

    /// <summary>When the youngest process started that has been seen in it. Unit: ticks.</summary>
    internal ulong NewestStart { get; set; }

    /// <summary>What the last reading found; null before the first, after one that failed, and where it is too much to be kept.</summary>
    internal NamespaceReading? Last { get; set; }

    /// <summary>How many times its sockets have been read.</summary>
    internal int Dumps { get; set; }

    /// <summary>Whether nothing has happened to its sockets since the last reading.</summary>
    internal bool IsUnmoved => Last is { Counters: { } then } last && Counters == then && (then.IsEmpty || NewestStart == last.NewestStart);

    /// <summary>Whether the last reading is as good as a new one.</summary>
    internal bool IsProven => IsUnmoved && Last!.Sockets.AreSettled;

    private int _failures;

    /// <summary>The scan from which netlink is tried again.</summary>
    internal uint RetryFrom { get; private set; }

    /// <summary>Netlink failed: it is tried again on the next scan, after two, then four, up to 64. It may be the time-out that failed.</summary>
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
