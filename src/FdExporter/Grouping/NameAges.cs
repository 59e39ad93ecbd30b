using System.Runtime.InteropServices;

namespace FdExporter.Grouping;

/// <summary>How long names have existed, and whether they are still young. A name keeps its age while its processes restart.</summary>
/// <param name="least">A name of this age or older is not young; with zero none is young.</param>
internal sealed class NameAges<TKey>(TimeSpan least, TimeProvider time)
    where TKey : notnull
{
    /// <summary>
    /// How long a name that is no longer young is remembered without being seen. A young one is remembered for as long as it would be
    /// young.
    /// </summary>
    private static readonly TimeSpan s_memory = TimeSpan.FromMinutes(10);

    /// <summary>Maximum number of remembered absent names, unless more names are present. Beyond it all absent names are forgotten.</summary>
    private const int MaxAbsent = 1000;

    private readonly Dictionary<TKey, Known> _names = [];
    private long? _before;
    private long? _now;
    private int _present;

    internal NameAges<TKey> Copy()
    {
        NameAges<TKey> copy = new(least, time) { _before = _before, _now = _now };
        foreach ((TKey key, Known known) in _names)
        {
            copy._names.Add(key, known);
        }

        return copy;
    }

    /// <summary>All names may change at the next scan; they then get the age of their processes.</summary>
    internal void Restart()
    {
        _names.Clear();
        _now = null;
    }

    internal void BeginScan()
    {
        _before = _now;
        _now = time.GetTimestamp();
        _present = 0;
    }

    /// <summary>For an unknown name the caller has to find the age of its process or namespace.</summary>
    internal bool Knows(TKey key) => least == TimeSpan.Zero || _names.ContainsKey(key);

    /// <summary>Call once per name and scan.</summary>
    /// <param name="age">Age of the process or namespace. It may have been renamed, so a new name is at most as old as the last scan.</param>
    internal bool IsYoung(TKey key, TimeSpan age)
    {
        if (least == TimeSpan.Zero)
        {
            return false;
        }

        _present++;
        long now = _now!.Value;
        ref Known known = ref CollectionsMarshal.GetValueRefOrAddDefault(_names, key, out bool isKnown);
        if (!isKnown)
        {
            TimeSpan most = _before is { } before ? time.GetElapsedTime(before, now) : least;
            age = age < most ? age : most;
            known = new Known(age < least ? age : least, now, now);
        }

        known.Last = now;
        return !IsOld(in known);
    }

    internal void EndScan()
    {
        long now = _now!.Value;
        bool forgetsAll = _names.Count > (2 * _present) + MaxAbsent;
        foreach ((TKey key, Known known) in _names)
        {
            if (known.Last != now && (forgetsAll || time.GetElapsedTime(known.Last, now) >= (IsOld(in known) ? s_memory : least)))
            {
                _names.Remove(key);
            }
        }
    }

    private bool IsOld(in Known known) => known.AgeAtFirst + time.GetElapsedTime(known.First, known.Last) >= least;

    private record struct Known(TimeSpan AgeAtFirst, long First, long Last);
}
