using FdExporter.Linux.Procfs;

namespace FdExporter.Scanning;

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

    /// <summary>Why it was not read in this scan; null when it was.</summary>
    internal string? Problem { get; set; }

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
