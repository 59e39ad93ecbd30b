using System.Runtime.InteropServices;

namespace FdExporter.Grouping;

/// <summary>
/// For how long names have been there, and so whether they are still young. A name keeps its age while what bears it restarts.
/// </summary>
/// <param name="least">From this age on a name is not young; zero where none is.</param>
internal sealed class NameAges<TKey>(TimeSpan least, TimeProvider time)
    where TKey : notnull
{
    /// <summary>For so long a name that has been there long enough is remembered without being seen; another for as long as it would be young.</summary>
    private static readonly TimeSpan s_memory = TimeSpan.FromMinutes(10);

    /// <summary>Beyond so many that are not there, and as many as there are, none of them is remembered.</summary>
    private const int MostAbsent = 1000;

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

    /// <summary>All names may be others at the next scan, and as old as what bears them.</summary>
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

    /// <summary>Of a name that it does not know the age of what bears it is asked for.</summary>
    internal bool Knows(TKey key) => least == TimeSpan.Zero || _names.ContainsKey(key);

    /// <summary>To be asked once for each name of a scan.</summary>
    /// <param name="age">Of what bears the name, which may have borne another: between two scans, for as long as these are apart.</param>
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
        bool forgetsAll = _names.Count > (2 * _present) + MostAbsent;
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
