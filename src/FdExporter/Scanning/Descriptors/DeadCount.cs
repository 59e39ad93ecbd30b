namespace FdExporter.Scanning.Descriptors;

/// <summary>The number of dead sockets of one process, during a scan.</summary>
internal sealed class DeadCount
{
    private long _certain;
    private long _new;
    private bool _isKnown;

    /// <summary>Null if some of its sockets could not be identified.</summary>
    internal long? Sockets => _isKnown ? _certain : null;

    internal void Begin(bool isKnown) => (_certain, _new, _isKnown) = (0, 0, isKnown);

    internal void Add() => _certain++;

    /// <summary>Adds a socket that may be newer than the tables that do not contain it.</summary>
    internal void AddNew() => _new++;

    internal void SetUnknown() => _isKnown = false;

    /// <param name="newer">
    /// Number of new sockets of all processes that are newer than the tables. A process with at least ten times as many has at least the
    /// difference as dead sockets.
    /// </param>
    internal void JudgeNew(long newer)
    {
        bool areDead = _new >= 10 * newer;
        _certain += areDead && _new > 0 ? _new - newer : 0;
        _isKnown &= areDead || _new == 0;
    }
}
