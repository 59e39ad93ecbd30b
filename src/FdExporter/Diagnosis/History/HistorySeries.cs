namespace FdExporter.Diagnosis.History;

/// <summary>
/// The last 27 hours of one number: the minimum of each of the last 48 minutes, and of each ten minutes (a floor). Minima ignore bursts.
/// Always 840 bytes.
/// </summary>
internal sealed class HistorySeries
{
    /// <summary>Unit: minutes.</summary>
    internal const int Length = 48;

    /// <summary>Ten minutes each: a day, and the nightly job of the day before.</summary>
    internal const int Floors = 162;

    /// <summary>Unit: minutes.</summary>
    internal const int MinutesPerFloor = 10;

    /// <summary>Growth is computed from the last three hours.</summary>
    private const int SlopedFloors = 18;

    /// <summary>Fewer floors that rise are no pace: bursts and buffers that fill do that too.</summary>
    private const int LeastRisingFloors = 3;

    /// <summary>The minimum for a slope. Unit: minutes.</summary>
    internal const int LeastMinutes = 5;

    /// <summary>A rise of less is noise, or less than this share.</summary>
    private const double LeastRise = 10;

    private const double LeastShare = 0.1;

    /// <summary>Up to this share of the rise it has not begun.</summary>
    private const double NearFloor = 0.05;

    private const uint Unknown = uint.MaxValue;

    private readonly uint[] _minutes = new uint[Length];
    private readonly uint[] _floors = new uint[Floors];
    private readonly long _first;

    internal HistorySeries(long minute)
    {
        _first = minute;
        Last = minute;
        Array.Fill(_minutes, Unknown);
        Array.Fill(_floors, Unknown);
    }

    /// <summary>The minute of the last value.</summary>
    internal long Last { get; private set; }

    private long FirstMinute => Math.Max(_first, Last - Length + 1);

    private long FirstFloor => Math.Max(FloorOf(_first), FloorOf(Last) - Floors + 1);

    internal void Add(long minute, long value)
    {
        Forget(_minutes, Last, minute);
        Forget(_floors, FloorOf(Last), FloorOf(minute));
        Last = minute;
        uint known = (uint)Math.Clamp(value, 0, Unknown - 1);
        ref uint least = ref _minutes[minute % Length];
        least = Math.Min(least, known);
        ref uint floor = ref _floors[FloorOf(minute) % Floors];
        floor = Math.Min(floor, known);
    }

    /// <summary>The minimum of each of the last minutes, oldest first; null for minutes without a scan.</summary>
    internal IEnumerable<long?> Minutes()
    {
        for (long minute = FirstMinute; minute <= Last; minute++)
        {
            uint least = _minutes[minute % Length];
            yield return least == Unknown ? null : least;
        }
    }

    /// <summary>The minimum of one minute; null without a scan, and where it is too long ago.</summary>
    internal long? MinuteAt(long minute)
        => minute >= FirstMinute && minute <= Last && _minutes[minute % Length] is not Unknown and var least ? least : null;

    /// <summary>Likewise of the ten minutes that a minute belongs to.</summary>
    internal long? TenMinutesAt(long minute)
        => FloorOf(minute) >= FirstFloor && minute <= Last && _floors[FloorOf(minute) % Floors] is not Unknown and var least ? least : null;

    /// <returns>Null while growth is not yet known.</returns>
    internal Growth? Growth()
    {
        long minutes = Last - _first;
        if (minutes < LeastMinutes)
        {
            return null;
        }

        Span<double> floors = stackalloc double[Floors];
        floors = Fill(floors, _floors, FirstFloor, FloorOf(Last));
        floors = WholeOf(floors);
        Climb climb = ClimbJudge.Judge(floors, TimeSpan.FromMinutes(MinutesPerFloor));
        bool isShort = minutes < Length;
        Span<double> sloped = stackalloc double[Length];
        sloped = isShort ? Fill(sloped, _minutes, FirstMinute, Last) : RisingPartOf(floors[^Math.Min(SlopedFloors, floors.Length)..]);
        return SlopeOf(sloped) is { } slope
            ? new Growth(slope * (isShort ? 60 : 60 / MinutesPerFloor), TimeSpan.FromMinutes(Math.Min(minutes, isShort ? minutes : sloped.Length * MinutesPerFloor)), climb)
            {
                FallsAgain = ClimbJudge.FallsAgain(floors),
            }
            : null;
    }

    /// <summary>How long ago it was last at its floor, within a part of the rise; null if it does not rise, or has done so from the beginning.</summary>
    /// <param name="firstMinute">The beginning of all: a series that is younger began below the least that is watched.</param>
    internal TimeSpan? BeganAgo(long firstMinute)
    {
        int width = Last - _first < Length ? 1 : MinutesPerFloor;
        Span<double> values = stackalloc double[Floors];
        values = width == 1 ? Fill(values, _minutes, FirstMinute, Last) : WholeOf(Fill(values, _floors, FirstFloor, FloorOf(Last)));
        double floor = double.PositiveInfinity;
        foreach (double value in values)
        {
            floor = Math.Min(floor, double.IsNaN(value) ? floor : value);
        }

        double now = values[^1];
        if (!(now - floor >= Math.Max(LeastRise, now * LeastShare)))
        {
            return null;
        }

        int at = values.Length - 1;
        while (!(values[at] <= floor + ((now - floor) * NearFloor)))
        {
            at--;
        }

        // At the pace since then it left its floor a little earlier.
        int last = values.Length - 1;
        double pace = (now - values[at]) / (last - at);
        double began = Math.Max(0, at - ((values[at] - floor) / pace));
        bool isFromTheBeginning = began < 1 && (_first - firstMinute <= LeastMinutes || FirstFloor > FloorOf(_first));
        return isFromTheBeginning ? null : TimeSpan.FromMinutes(Math.Round((last - began) * width) + (width / 2));
    }

    /// <summary>
    /// From the last time at the floor on, where it has risen ever since for a while: the level time before would hide the pace of a leak
    /// that has just begun. Else all of it.
    /// </summary>
    private static Span<double> RisingPartOf(Span<double> floors)
    {
        int first = floors.Length - 1;
        while (first > 0 && floors[first - 1] < floors[first])
        {
            first--;
        }

        return floors.Length - first > LeastRisingFloors ? floors[first..] : floors;
    }

    /// <summary>Before its ten minutes have passed, the newest floor counts only if it is lower: a single value is often above the minimum.</summary>
    private Span<double> WholeOf(Span<double> floors)
    {
        if (Last % MinutesPerFloor == MinutesPerFloor - 1 || floors.Length < 2)
        {
            return floors;
        }

        floors[^2] = floors[^1] > floors[^2] ? floors[^2] : floors[^1];
        return floors[..^1];
    }

    private static long FloorOf(long minute) => minute / MinutesPerFloor;

    private static void Forget(uint[] ring, long last, long now)
    {
        for (long skipped = Math.Max(last + 1, now - ring.Length + 1); skipped <= now; skipped++)
        {
            ring[skipped % ring.Length] = Unknown;
        }
    }

    private static Span<double> Fill(Span<double> into, uint[] ring, long first, long last)
    {
        for (long at = first; at <= last; at++)
        {
            uint value = ring[at % ring.Length];
            into[(int)(at - first)] = value == Unknown ? double.NaN : value;
        }

        return into[..(int)(last - first + 1)];
    }

    /// <summary>The median slope of the known values; null for fewer than three.</summary>
    private static double? SlopeOf(ReadOnlySpan<double> values)
    {
        // Uses pairs of minutes where there are many, to limit the number of slopes.
        Span<double> least = stackalloc double[Length / 2];
        if (values.Length > least.Length)
        {
            for (int i = 0; i < least.Length; i++)
            {
                int at = values.Length - (2 * (least.Length - i));
                least[i] = at < -1 ? double.NaN : at < 0 ? values[0] : double.IsNaN(values[at]) || values[at + 1] < values[at] ? values[at + 1] : values[at];
            }

            return SlopeOf(least) / 2;
        }

        Span<double> slopes = stackalloc double[Length / 2 * ((Length / 2) - 1) / 2];
        (int count, int known) = (0, 0);
        for (int i = 0; i < values.Length; i++)
        {
            known += double.IsNaN(values[i]) ? 0 : 1;
            for (int j = 0; j < i; j++)
            {
                if (!double.IsNaN(values[i]) && !double.IsNaN(values[j]))
                {
                    slopes[count++] = (values[i] - values[j]) / (i - j);
                }
            }
        }

        return known < 3 ? null : Median(slopes[..count]);
    }

    /// <summary>Sorts the values.</summary>
    private static double Median(Span<double> values)
    {
        values.Sort();
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
