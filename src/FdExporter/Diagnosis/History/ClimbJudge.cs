namespace FdExporter.Diagnosis.History;

/// <summary>
/// Distinguishes leaks from other rises, by the minimum of each ten minutes (a floor). The alerting rules (group fd-growth) use the same
/// method and numbers. There are several windows, short ones for fast leaks and long ones for slow leaks. In one of them each third must
/// rise, the second half about as much as the first, and the end must be above all of the day before. Longer windows use the minimum of
/// more floors, which hides shorter sawteeth and noise.
/// </summary>
internal static class ClimbJudge
{
    /// <summary>A smaller rise is noise, and so is less than one an hour.</summary>
    private const double MinRiseOfAny = 4;

    /// <summary>Minimum slope of the second half relative to the first; a lower one is a cache that fills.</summary>
    private const double MinOfSecondHalf = 0.75;

    /// <summary>A climb must end above all earlier values by this part of its rise: sawteeth and daily load return to earlier values.</summary>
    private const double MinAbove = 0.25;

    /// <summary>It must climb at this floor and the one before: a single step or job does not.</summary>
    private const int MinTimes = 2;

    private static readonly Window[] s_windows =
    [
        new(126, 30, 0.15, 6), new(81, 20, 0.15, 6), new(51, 12, 0.15, 6),
        new(33, 8, 0.15, 2), new(27, 6, 0.15, 2), new(21, 5, 0.2, 2), new(15, 2, 0.2, 2), new(9, 1, 0.26, 4),
    ];

    /// <param name="floors">Oldest first; NaN where there was no scan.</param>
    /// <param name="width">The time that one of them covers.</param>
    /// <returns>The longest climb.</returns>
    internal static Climb Judge(ReadOnlySpan<double> floors, TimeSpan width)
    {
        int first = 0;
        while (first < floors.Length && double.IsNaN(floors[first]))
        {
            first++;
        }

        Span<double> wide = stackalloc double[HistorySeries.Floors];
        foreach (Window window in s_windows)
        {
            if (first + window.Needs + MinTimes <= floors.Length && Rises(floors[first..], window))
            {
                ReadOnlySpan<double> known = Widen(floors[first..], window.Floor, wide);
                if (HasClimbed(known, floors, window))
                {
                    return new Climb(
                        width * window.Length,
                        known[^1] - known[^(window.Length + 1)],
                        (known[^1] - known[^((window.Length * 2 / 3) + 1)]) / (width * (window.Length * 2 / 3)).TotalHours);
                }
            }
        }

        return default;
    }

    /// <summary>Whether it ends high enough above the start of the window. Most numbers do not, and nothing else is computed for them.</summary>
    private static bool Rises(ReadOnlySpan<double> floors, in Window window)
    {
        int end = floors.Length - 1;
        return WideAt(floors, end, window.Floor) - WideAt(floors, end - window.Length, window.Floor) >= window.MinRise;
    }

    /// <summary>Whether it climbs at each of the last floors, as far as they are known.</summary>
    private static bool HasClimbed(ReadOnlySpan<double> known, ReadOnlySpan<double> floors, in Window window)
    {
        int times = Math.Clamp(known.Length - window.Needs, MinTimes, window.Times);
        for (int ago = 0; ago < times; ago++)
        {
            if (!Climbs(known[..^ago], NoiseOf(known[..^ago], floors[..^ago], window), window))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether it has fallen by more than half at least twice; once may be a restart.</summary>
    internal static bool FallsAgain(ReadOnlySpan<double> floors)
    {
        (double peak, int falls) = (0, 0);
        foreach (double floor in floors)
        {
            bool hasFallen = floor < peak / 2;
            falls += hasFallen ? 1 : 0;
            peak = hasFallen ? floor : Math.Max(peak, floor);
        }

        return falls > 1;
    }

    /// <summary>The minimum of the last floors at each floor; an unknown one keeps the value before it.</summary>
    private static ReadOnlySpan<double> Widen(ReadOnlySpan<double> floors, int times, Span<double> into)
    {
        for (int i = 0; i < floors.Length; i++)
        {
            double least = LeastUntil(floors, i, times);
            into[i] = double.IsNaN(least) ? into[i - 1] : least;
        }

        return into[..floors.Length];
    }

    /// <summary>One value of <see cref="Widen"/>. The first floor must be known.</summary>
    private static double WideAt(ReadOnlySpan<double> floors, int at, int times)
    {
        double least = LeastUntil(floors, at, times);
        while (double.IsNaN(least))
        {
            at--;
            least = floors[at];
        }

        return least;
    }

    /// <summary>The minimum of this floor and those before it, so many together; NaN if none is known.</summary>
    private static double LeastUntil(ReadOnlySpan<double> floors, int at, int times)
    {
        double least = double.NaN;
        foreach (double floor in floors[Math.Max(0, at - times + 1)..(at + 1)])
        {
            least = double.IsNaN(least) || floor < least ? floor : least;
        }

        return least;
    }

    /// <summary>
    /// Average distance between the last floor and the ten-minute values in it: noise or sawteeth. In a long window also at its start,
    /// since a low floor at the start and a high one at the end may be chance.
    /// </summary>
    private static double NoiseOf(ReadOnlySpan<double> known, ReadOnlySpan<double> floors, in Window window)
    {
        double atEnd = AverageOf(floors[^window.Floor..]) - known[^1];
        int before = known.Length - window.Length;
        return window.IsLong
            ? Math.Max(atEnd, AverageOf(floors[^(window.Length + Math.Min(window.Floor, before))..^window.Length]) - known[before - 1])
            : atEnd;
    }

    private static bool Climbs(ReadOnlySpan<double> floors, double noise, in Window window)
    {
        ReadOnlySpan<double> before = floors[..^window.Length];
        floors = floors[^(window.Length + 1)..];
        int third = window.Length / 3;
        int half = window.Length / 2;
        double rise = floors[^1] - floors[0];
        double least = Math.Min(floors[third] - floors[0], Math.Min(floors[2 * third] - floors[third], floors[^1] - floors[2 * third]));
        return rise >= Math.Max(window.MinRise, noise)
            && least >= window.MinOfThird * rise
            && SlopeOf(floors[^(half + 1)..]) >= MinOfSecondHalf * SlopeOf(floors[^((2 * half) + 1)..^half])
            && floors[^1] - Highest(before) >= MinAbove * rise;
    }

    /// <summary>Slope of the best-fitting line. Unit: per floor.</summary>
    private static double SlopeOf(ReadOnlySpan<double> floors)
    {
        double middle = (floors.Length - 1) / 2.0;
        (double sum, double squares) = (0, 0);
        for (int i = 0; i < floors.Length; i++)
        {
            sum += (i - middle) * floors[i];
            squares += (i - middle) * (i - middle);
        }

        return sum / squares;
    }

    private static double AverageOf(ReadOnlySpan<double> floors)
    {
        (double sum, int count) = (0, 0);
        foreach (double floor in floors)
        {
            sum += double.IsNaN(floor) ? 0 : floor;
            count += double.IsNaN(floor) ? 0 : 1;
        }

        return count == 0 ? 0 : sum / count;
    }

    private static double Highest(ReadOnlySpan<double> floors)
    {
        double highest = 0;
        foreach (double floor in floors)
        {
            highest = Math.Max(highest, floor);
        }

        return highest;
    }

    /// <param name="Length">Unit: floors of the history, also of the next.</param>
    /// <param name="Floor">Number of floors of which the minimum is used.</param>
    /// <param name="MinOfThird">Minimum part of the rise in each third of the window.</param>
    /// <param name="Times">
    /// Number of consecutive floors at which it must climb, as far as they are known. Jobs of an hour and a half and chance in noise have
    /// ended by then.
    /// </param>
    private readonly record struct Window(int Length, int Floor, double MinOfThird, int Times)
    {
        /// <summary>The window, and half a floor before it.</summary>
        internal int Needs => Length + ((Floor + 1) / 2);

        internal bool IsLong => Length >= 51;

        internal double MinRise => Math.Max(MinRiseOfAny, Length * HistorySeries.MinutesPerFloor / 60.0);
    }
}
