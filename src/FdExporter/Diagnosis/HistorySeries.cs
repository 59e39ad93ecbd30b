namespace FdExporter.Diagnosis;

/// <summary>
/// The last three hours of one number, as the least of each minute: what is left when every burst of that minute has
/// passed. 720 bytes, whatever happens.
/// </summary>
internal sealed class HistorySeries
{
    /// <summary>Unit: minutes.</summary>
    internal const int Length = 180;

    /// <summary>Shorter than this, a slope is a guess.</summary>
    private const int LeastMinutes = 5;
    private const int LeastSteadyMinutes = 30;

    /// <summary>Slopes are taken between the floors of so many stretches: 435 pairs, instead of 16,110 of single minutes.</summary>
    private const int MostFloors = 30;

    private const uint Unknown = uint.MaxValue;

    private readonly uint[] _floors = new uint[Length];
    private long _first;

    internal HistorySeries(long minute)
    {
        _first = minute;
        Last = minute;
        Array.Fill(_floors, Unknown);
    }

    /// <summary>The minute of the last value.</summary>
    internal long Last { get; private set; }

    internal void Add(long minute, long value)
    {
        for (long skipped = Math.Max(Last + 1, minute - Length + 1); skipped <= minute; skipped++)
        {
            _floors[skipped % Length] = Unknown;
        }

        Last = minute;
        _first = Math.Max(_first, minute - Length + 1);
        ref uint floor = ref _floors[minute % Length];
        floor = Math.Min(floor, (uint)Math.Clamp(value, 0, Unknown - 1));
    }

    /// <summary>The floor of each minute, oldest first; null for minutes in which nobody looked.</summary>
    internal IEnumerable<long?> Minutes()
    {
        for (long minute = _first; minute <= Last; minute++)
        {
            uint floor = _floors[minute % Length];
            yield return floor == Unknown ? null : floor;
        }
    }

    /// <returns>Null while it is too early to tell.</returns>
    internal Growth? Growth()
    {
        long minutes = Last - _first;
        if (minutes < LeastMinutes)
        {
            return null;
        }

        int stretch = (int)((minutes + MostFloors) / MostFloors);
        Span<(double Minute, double Floor)> floors = stackalloc (double, double)[MostFloors + 1];
        int count = 0;
        for (long from = _first; from <= Last; from += stretch)
        {
            if (FloorOf(from, Math.Min(from + stretch, Last + 1)) is { } floor)
            {
                floors[count++] = (from, floor);
            }
        }

        return count < 3 ? null : new Growth(MedianSlope(floors[..count]) * 60, TimeSpan.FromMinutes(minutes), IsSteady(minutes));
    }

    private bool IsSteady(long minutes)
    {
        long third = minutes / 3;
        return minutes >= LeastSteadyMinutes
            && FloorOf(_first, _first + third) is { } first
            && FloorOf(_first + third, Last - third) is { } second
            && FloorOf(Last - third, Last + 1) is { } last
            && first < second && second < last;
    }

    private uint? FloorOf(long from, long to)
    {
        uint least = Unknown;
        for (long minute = from; minute < to; minute++)
        {
            least = Math.Min(least, _floors[minute % Length]);
        }

        return least == Unknown ? null : least;
    }

    private static double MedianSlope(ReadOnlySpan<(double Minute, double Floor)> floors)
    {
        Span<double> slopes = stackalloc double[(MostFloors + 1) * MostFloors / 2];
        int count = 0;
        for (int i = 0; i < floors.Length; i++)
        {
            for (int j = i + 1; j < floors.Length; j++)
            {
                slopes[count++] = (floors[j].Floor - floors[i].Floor) / (floors[j].Minute - floors[i].Minute);
            }
        }

        slopes = slopes[..count];
        slopes.Sort();
        return (slopes[(count - 1) / 2] + slopes[count / 2]) / 2;
    }
}
