namespace FdExporter.Scanning.Descriptors;

/// <summary>
/// The io_urings of one process, and when the files registered with them were read. Reading 10,000 files takes 25 ms, during which the ring
/// is locked for its program. So it is read seldom, and never for more than a fiftieth of the time.
/// </summary>
/// <param name="fds">Descriptors of the rings, as of the last walk.</param>
internal sealed class ProcessRings(int[] fds)
{
    private const int PausePerRead = 50;
    private const int UnknownFiles = 16;

    private int _failedReads;
    private uint _readFrom;
    private long _pausedUntil;

    internal ReadOnlySpan<int> Fds => fds;

    /// <summary>Stamp of the entries of its sockets, valid until the rings are read again; 0 before the first reading.</summary>
    internal uint Stamp { get; private set; }

    /// <summary>Number of files registered at the last reading: the cost of the next one.</summary>
    internal long Files { get; private set; } = UnknownFiles;

    /// <summary>The last reading was long ago, even if nothing asks for one.</summary>
    internal bool IsDue { get; set; }

    /// <summary>Whether a reading may find the sockets without an owner, given the stamps of the newest ones.</summary>
    /// <param name="newest">Of all of them.</param>
    /// <param name="newestSettled">Of those that are certainly in no process's descriptors.</param>
    internal bool IsWanted(uint newest, uint newestSettled, uint scan, long now)
        => now >= _pausedUntil && (Stamp == 0 || IsDue || Stamp <= (scan >= _readFrom ? newest : newestSettled));

    /// <summary>A reading that finds nothing is repeated after two scans, then four, up to 64.</summary>
    internal void EndRead(uint stamp, long files, bool found, uint scan, long began, long ended)
    {
        Stamp = stamp;
        Files = Math.Max(files, UnknownFiles);
        IsDue = false;
        _failedReads = found ? 0 : Math.Min(_failedReads + 1, 6);
        _readFrom = scan + (1u << _failedReads);
        _pausedUntil = ended + ((ended - began) * PausePerRead);
    }
}
