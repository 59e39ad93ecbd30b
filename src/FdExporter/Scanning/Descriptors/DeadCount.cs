namespace FdExporter.Scanning.Descriptors;

/// <summary>The dead sockets that one process answers for, as a scan adds them up.</summary>
internal sealed class DeadCount
{
    private long _certain;
    private long _new;
    private bool _isKnown;

    /// <summary>Null where some of its sockets could not be told.</summary>
    internal long? Sockets => _isKnown ? _certain : null;

    internal void Begin(bool isKnown) => (_certain, _new, _isKnown) = (0, 0, isKnown);

    internal void Add() => _certain++;

    /// <summary>One that may be newer than the tables that it is not in.</summary>
    internal void AddNew() => _new++;

    internal void SetUnknown() => _isKnown = false;

    /// <param name="newer">So many of the new ones of all processes are newer than the tables; who has many more has the others, at the least.</param>
    internal void JudgeNew(long newer)
    {
        bool areDead = _new >= 10 * newer;
        _certain += areDead && _new > 0 ? _new - newer : 0;
        _isKnown &= areDead || _new == 0;
    }
}
